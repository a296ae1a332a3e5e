/**
 * The writes whose concern is not met yet. Writes of one concern settle in log order; one that asks for more holds up
 * nobody who asked for less, because each concern has a line of its own.
 */
import type { WriteConcern } from '@replog/contracts/views.js';
import type { AcknowledgementTable } from '../quorum/acknowledgement-table.js';
import { WaitingLine } from './waiting-line.js';
import type { Waiter } from './waiting-line.js';

export interface WaitingWrite extends Waiter {
  readonly concern: WriteConcern;
}

export class WaitingWrites<Write extends WaitingWrite> {
  /** Per concern that was ever waited for. */
  private readonly lines = new Map<WriteConcern, WaitingLine<Write>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(write: Write): void {
    const line = this.lines.get(write.concern) ?? new WaitingLine<Write>();
    this.lines.set(write.concern, line);
    line.add(write);
    this.count += 1;
  }

  /** Takes a write out before its concern is met: its time is up. Answers whether it was waiting. */
  remove(write: Write): boolean {
    const line = this.lines.get(write.concern);
    if (line === undefined || !line.remove(write)) return false;
    this.count -= 1;
    return true;
  }

  /** Takes out and answers every write whose concern is met now, each line in log order. */
  takeSatisfied(table: AcknowledgementTable): Write[] {
    const satisfied: Write[] = [];
    for (const [concern, line] of this.lines) {
      if (line.size > 0) line.takeUpTo(table.satisfiedUpTo(table.requiredFor(concern)), satisfied);
    }
    this.count -= satisfied.length;
    return satisfied;
  }

  takeAll(): Write[] {
    const all: Write[] = [];
    for (const line of this.lines.values()) line.takeUpTo(Infinity, all);
    this.count = 0;
    return all;
  }
}
