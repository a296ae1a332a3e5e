/**
 * Finds a disk that hangs: one operation on it takes longer than the limit. It counts only what two looks in a row have seen.
 * A process that was itself stopped finds old operations under way when it goes on, although the disk has finished them.
 */
export class StallDetector {
  /** The operation that was over the limit at the last look, by its beginning; `null` if none was. */
  private suspectedSinceMs: number | null = null;

  constructor(private readonly limitMs: number) {}

  /** `busySinceMs`: when the oldest operation under way began; `null` if none is. Returns whether the disk is stalled. */
  look(nowMs: number, busySinceMs: number | null): boolean {
    const overdueSinceMs = busySinceMs !== null && nowMs - busySinceMs >= this.limitMs ? busySinceMs : null;
    const isStalled = overdueSinceMs !== null && overdueSinceMs === this.suspectedSinceMs;
    this.suspectedSinceMs = overdueSinceMs;
    return isStalled;
  }
}
