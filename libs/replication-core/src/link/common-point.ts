/**
 * The search for the last record that two logs share. Two logs have the same chain at an index exactly if they are equal up
 * to it. So the answer is "yes" up to the common point and "no" after it, and a binary search needs log2(n) questions. It
 * is driven step by step, because each answer may come over the network.
 */
export class CommonPointSearch {
  /** An index at which the logs are known to agree. Only grows. */
  private agreed: number;
  /** An index at which the logs are known to differ, or that one of them does not reach. Only falls. */
  private differs: number;
  /** No question was answered yet. Logs rarely differ, so the first question is the highest index. */
  private isFresh = true;

  /** `floor`: an index that is known to be common, such as 0. `ceiling`: the smaller of the two last indexes. */
  constructor(floor: number, ceiling: number) {
    this.agreed = floor;
    this.differs = ceiling + 1;
  }

  /** The index to ask about next; `null` when the common point is found. The first question is the ceiling. */
  get question(): number | null {
    if (this.differs - this.agreed <= 1) return null;
    return this.isFresh ? this.differs - 1 : Math.floor((this.agreed + this.differs) / 2);
  }

  get commonIndex(): number {
    return this.agreed;
  }

  answer(index: number, agrees: boolean): void {
    this.isFresh = false;
    if (agrees) this.agreed = Math.max(this.agreed, index);
    else this.differs = Math.min(this.differs, index);
  }
}
