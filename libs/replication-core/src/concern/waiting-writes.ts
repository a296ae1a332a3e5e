/**
 * The writes whose concern is not met yet. Writes of one concern settle in log order; one that asks for more holds up
 * nobody who asked for less, because each concern has a line of its own.
 */
import type { WriteConcern } from '@replog/contracts';
import type { AcknowledgementTable } from '../quorum/acknowledgement-table.js';
import { requiredSecondaries } from './required-secondaries.js';

export interface WaitingWrite {
  readonly index: number;
  readonly concern: WriteConcern;
}

export class WaitingWrites<Write extends WaitingWrite> {
  /** Per concern, ascending by index: the head is always the next to settle. */
  private readonly lines = new Map<WriteConcern, Write[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(write: Write): void {
    const line = this.lines.get(write.concern) ?? [];
    this.lines.set(write.concern, line);
    line.splice(placeAfter(line, write.index), 0, write);
    this.count += 1;
  }

  /** Takes a write out before its concern is met: its time is up. Answers whether it was waiting. */
  remove(write: Write): boolean {
    const line = this.lines.get(write.concern);
    const place = line?.indexOf(write) ?? -1;
    if (line === undefined || place < 0) return false;
    line.splice(place, 1);
    this.count -= 1;
    if (line.length === 0) this.lines.delete(write.concern);
    return true;
  }

  /** Takes out and answers every write whose concern is met now, each line in log order. */
  takeSatisfied(table: AcknowledgementTable): Write[] {
    const satisfied: Write[] = [];
    for (const [concern, line] of this.lines) {
      const upTo = table.satisfiedUpTo(requiredSecondaries(concern, table.memberCount));
      let taken = 0;
      while (taken < line.length && (line[taken] as Write).index <= upTo) taken += 1;
      if (taken === 0) continue;
      satisfied.push(...line.splice(0, taken));
      if (line.length === 0) this.lines.delete(concern);
    }
    this.count -= satisfied.length;
    return satisfied;
  }

  takeAll(): Write[] {
    const all = [...this.lines.values()].flat();
    this.lines.clear();
    this.count = 0;
    return all;
  }
}

/** The place behind every write of an index up to `index`. Writes mostly come in order, so it looks from the end. */
function placeAfter(line: readonly WaitingWrite[], index: number): number {
  let place = line.length;
  while (place > 0 && (line[place - 1] as WaitingWrite).index > index) place -= 1;
  return place;
}
