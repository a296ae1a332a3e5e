import { firstWhere } from '@replog/contracts';

export interface Waiter {
  readonly index: number;
  /** Kept by the line: is it in there, and not gone? */
  isWaiting?: boolean;
}

/**
 * The writes that wait for one concern, in log order. Tens of thousands can run out of time in one moment, so taking
 * one out must not move the others: a write that is gone leaves its place behind until half of the places are empty.
 *
 * Whether it waits is said by the write itself and not by a set of those that do: the tables of a set that changes with
 * every write lead from each to the next, so that one which has got old keeps all later ones, and every write in them,
 * until the whole heap is collected.
 */
export class WaitingLine<Write extends Waiter> {
  /** Ascending by index; some are gone. */
  private places: Write[] = [];
  /** The place of the next write to settle: whatever stands before it is gone. */
  private head = 0;
  private count = 0;

  /** How many are not gone. */
  get size(): number {
    return this.count;
  }

  /** Behind every write of the same index. */
  add(write: Write): void {
    write.isWaiting = true;
    this.count += 1;
    const place = this.placeAfter(write.index);
    if (place === this.places.length) this.places.push(write);
    else this.places.splice(place, 0, write);
  }

  remove(write: Write): boolean {
    const wasWaiting = this.leave(write);
    this.closeUp();
    return wasWaiting;
  }

  /** Moves every write of an index up to `index` over to `taken`. */
  takeUpTo(index: number, taken: Write[]): void {
    for (; this.head < this.places.length; this.head++) {
      const write = this.places[this.head] as Write;
      if (write.index > index) break;
      if (this.leave(write)) taken.push(write);
    }
    this.closeUp();
  }

  inOrder(): Write[] {
    return this.places.filter((write) => write.isWaiting === true);
  }

  private leave(write: Write): boolean {
    if (write.isWaiting !== true) return false;
    write.isWaiting = false;
    this.count -= 1;
    return true;
  }

  private placeAfter(index: number): number {
    return firstWhere(this.head, this.places.length, (at) => (this.places[at] as Write).index > index);
  }

  private closeUp(): void {
    if (this.places.length <= this.count * 2) return;
    this.places = this.inOrder();
    this.head = 0;
  }
}
