/**
 * The search for the last record two logs share. Chains agree at an index exactly if the logs are equal up to it, so
 * the answers are "yes" below the common point and "no" above: a binary search needs log2(n) questions.
 */
export class CommonPointSearch {
  /** The logs are known to agree here. */
  private agreed: number;
  /** The logs are known to differ here, or one of them ends before. */
  private differs: number;
  /** Nothing was answered yet. Logs mostly part nowhere, so the first question is the last common candidate. */
  private isFresh = true;

  /** `floor`: an index known to be common (0 is). `ceiling`: the smaller of the two last indexes. */
  constructor(floor: number, ceiling: number) {
    this.agreed = floor;
    this.differs = ceiling + 1;
  }

  /** The index to ask about next, or `null` when the common point is found. The first question is the ceiling. */
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
