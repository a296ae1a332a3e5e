/**
 * Messages that were acknowledged to their writers and are not committed yet: what a change of master right now could
 * orphan. Counted exactly, one by one, because it is a promise to the operator.
 */
export class Exposure {
  /** Indexes of satisfied writes above the committed index; each once. */
  private readonly indexes = new Set<number>();
  private committed = 0;

  get count(): number {
    return this.indexes.size;
  }

  satisfied(index: number): void {
    if (index > this.committed) this.indexes.add(index);
  }

  commit(upTo: number): void {
    if (upTo <= this.committed) return;
    this.committed = upTo;
    for (const index of this.indexes) if (index <= upTo) this.indexes.delete(index);
  }
}
