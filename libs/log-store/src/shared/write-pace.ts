/**
 * Is the medium so quick that the thread which serves everybody may wait for a write itself? To be put to sleep and woken
 * is cheaper than to hand the write to another thread that is put to sleep and woken, and then to be woken by that. But
 * it holds up everything else meanwhile, so it is for small writes, and only while they have been quick lately.
 *
 * Where the thread is busy it learns late that another has written, which looks like a slow write: then the two of them
 * working side by side is worth more, and it stays with that.
 */

/** An average up to this is quick. */
const QUICK_MS = 1;
/** What is written in the time of a quick one. */
const SMALL_BYTES = 64 * 1024;
/** How much the newest write counts: a hiccup of a few milliseconds is forgiven, a stall is remembered for dozens. */
const WEIGHT = 1 / 8;
/** Slow until shown otherwise. */
const UNKNOWN_MS = 16;

export class WritePace {
  private averageMs = UNKNOWN_MS;

  isQuick(bytes: number): boolean {
    return bytes <= SMALL_BYTES && this.averageMs <= QUICK_MS;
  }

  /** A write took `ms`, from its start until its being done was heard of. */
  note(ms: number): void {
    this.averageMs += (ms - this.averageMs) * WEIGHT;
  }
}
