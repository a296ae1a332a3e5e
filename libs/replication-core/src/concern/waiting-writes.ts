/**
 * The writes whose concern is not met yet. Each concern has a line of its own, in log order, so a write that asks for more
 * never delays one that asks for less.
 */
import type { WriteConcern } from '@replog/contracts/views.js';
import type { AcknowledgementTable } from '../quorum/acknowledgement-table.js';
import { WaitingLine } from './waiting-line.js';
import type { Waiter } from './waiting-line.js';

export interface WaitingWrite extends Waiter {
  readonly concern: WriteConcern;
}

export class WaitingWrites<Write extends WaitingWrite> {
  /** One line per concern that a write has waited for. */
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

  /** Removes a write whose time is up. Returns whether it was waiting. */
  remove(write: Write): boolean {
    const line = this.lines.get(write.concern);
    if (line === undefined || !line.remove(write)) return false;
    this.count -= 1;
    return true;
  }

  /** Removes and returns every write whose concern is met, each line in log order. */
  takeSatisfied(table: AcknowledgementTable): Write[] {
    const satisfied: Write[] = [];
    for (const [concern, line] of this.lines) {
      if (line.size > 0) line.takeUpTo(table.satisfiedFor(concern), satisfied);
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
