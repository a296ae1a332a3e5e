/**
 * Decides whether the main thread may block on a write. On a fast disk that is cheaper than a round trip to a worker thread.
 * But a blocked thread serves no request, so this is for small writes only, and only while recent writes were fast.
 *
 * A busy main thread hears late that a worker has finished, so the write looks slow. The decision then stays with the
 * worker, which is right: a busy thread gains more from working in parallel.
 */

/** Writes are quick if they take at most this on average. */
const QUICK_MS = 1;
/** Larger writes take longer than a quick one. */
const SMALL_BYTES = 64 * 1024;
/** Weight of the newest write. A few slow milliseconds are soon forgotten; a stall counts for dozens of writes. */
const WEIGHT = 1 / 8;
/** The average before the first write: slow. */
const UNKNOWN_MS = 16;

export class WritePace {
  private averageMs = UNKNOWN_MS;

  isQuick(bytes: number): boolean {
    return bytes <= SMALL_BYTES && this.averageMs <= QUICK_MS;
  }

  /** A write took `ms`, from its start until this thread heard of its end. */
  note(ms: number): void {
    this.averageMs += (ms - this.averageMs) * WEIGHT;
  }
}
