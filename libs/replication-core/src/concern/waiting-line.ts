/**
 * The writes that wait for one concern, in log order. Tens of thousands can run out of time in one moment, so taking
 * one out must not move the others: a write that is gone leaves its place behind until half of the places are empty.
 */
export class WaitingLine<Write extends { readonly index: number }> {
  /** Ascending by index; some are gone. */
  private places: Write[] = [];
  /** The place of the next write to settle: whatever stands before it is gone. */
  private head = 0;
  /** The writes that are not gone. */
  private readonly waiting = new Set<Write>();

  get size(): number {
    return this.waiting.size;
  }

  /** Behind every write of the same index. */
  add(write: Write): void {
    this.waiting.add(write);
    const place = this.placeAfter(write.index);
    if (place === this.places.length) this.places.push(write);
    else this.places.splice(place, 0, write);
  }

  remove(write: Write): boolean {
    const wasWaiting = this.waiting.delete(write);
    this.closeUp();
    return wasWaiting;
  }

  /** Moves every write of an index up to `index` over to `taken`. */
  takeUpTo(index: number, taken: Write[]): void {
    for (; this.head < this.places.length; this.head++) {
      const write = this.places[this.head] as Write;
      if (write.index > index) break;
      if (this.waiting.delete(write)) taken.push(write);
    }
    this.closeUp();
  }

  inOrder(): Write[] {
    return this.places.filter((write) => this.waiting.has(write));
  }

  private placeAfter(index: number): number {
    let low = this.head;
    let high = this.places.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.places[middle] as Write).index > index) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private closeUp(): void {
    if (this.places.length <= this.waiting.size * 2) return;
    this.places = this.inOrder();
    this.head = 0;
  }
}
