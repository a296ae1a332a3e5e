import { firstWhere } from '@replog/contracts/first-where.js';

export interface Waiter {
  readonly index: number;
  /** Set by the line: the write is in the line. */
  isWaiting?: boolean;
}

/**
 * The writes that wait for one concern, in log order. Tens of thousands can time out at once, so a removal must not move the
 * others: a write that leaves keeps its slot until half of the slots are empty.
 *
 * The write itself says whether it waits; there is no set of waiting writes. A set that changes with every write replaces
 * its tables all the time, and each old table refers to the next. One old table that survives then keeps all later ones,
 * and every write in them, until the whole heap is collected.
 */
export class WaitingLine<Write extends Waiter> {
  /** In the order of their indexes; some have left. */
  private slots: Write[] = [];
  /** Slot of the next write to settle: every write before it has left. */
  private head = 0;
  private count = 0;

  /** How many writes wait. */
  get size(): number {
    return this.count;
  }

  /** Adds a write after every write of the same index. */
  add(write: Write): void {
    write.isWaiting = true;
    this.count += 1;
    const slot = this.slotAfter(write.index);
    if (slot === this.slots.length) this.slots.push(write);
    else this.slots.splice(slot, 0, write);
  }

  remove(write: Write): boolean {
    const wasWaiting = this.leave(write);
    this.closeUp();
    return wasWaiting;
  }

  /** Moves every write with an index up to `index` to `taken`. */
  takeUpTo(index: number, taken: Write[]): void {
    for (; this.head < this.slots.length; this.head++) {
      const write = this.slots[this.head] as Write;
      if (write.index > index) break;
      if (this.leave(write)) taken.push(write);
    }
    this.closeUp();
  }

  inOrder(): Write[] {
    return this.slots.filter((write) => write.isWaiting === true);
  }

  private leave(write: Write): boolean {
    if (write.isWaiting !== true) return false;
    write.isWaiting = false;
    this.count -= 1;
    return true;
  }

  private slotAfter(index: number): number {
    return firstWhere(this.head, this.slots.length, (at) => (this.slots[at] as Write).index > index);
  }

  private closeUp(): void {
    if (this.slots.length <= this.count * 2) return;
    this.slots = this.inOrder();
    this.head = 0;
  }
}
