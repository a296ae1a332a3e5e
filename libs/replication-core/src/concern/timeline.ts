import { firstWhere } from '@replog/contracts';

/** Indexes of which the same is true. */
export interface TimelineSpan {
  readonly from: number;
  /** Included. */
  readonly to: number;
  readonly atMs: number | null;
}

/**
 * When an ever growing index passed which value, for the recent past: appends on the master, acknowledgements of one
 * node. A receipt is computed from two of these instead of being written down per write. Bounded: the oldest go.
 */
export class Timeline {
  private readonly indexes: Float64Array;
  private readonly times: Float64Array;
  /** Entries ever added; entry k lives at k modulo capacity. */
  private added = 0;
  /** Indexes up to here were reached before this began to watch, nobody knows when. */
  private unwatched = 0;

  constructor(private readonly capacity: number) {
    this.indexes = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
  }

  /** `index` was reached at `atMs`. Calls come with growing index; one that tells nothing new is passed over. */
  reached(index: number, atMs: number): void {
    if (this.added > 0 && index <= (this.indexes[(this.added - 1) % this.capacity] as number)) return;
    this.indexes[this.added % this.capacity] = index;
    this.times[this.added % this.capacity] = atMs;
    this.added += 1;
  }

  /** Begins to watch: of what was reached by now, `index` and before, the time is not known. */
  watchAfter(index: number): void {
    this.unwatched = index;
  }

  /** When `index` was first covered; `null` where that is not reached yet or too long ago to be remembered. */
  timeOf(index: number): number | null {
    return this.spanOf(index).atMs;
  }

  /** The same, with the neighbours of `index` that were covered with it. */
  spanOf(index: number): TimelineSpan {
    if (index <= this.unwatched) return { from: 0, to: this.unwatched, atMs: null };
    const oldest = Math.max(0, this.added - this.capacity);
    const entry = firstWhere(oldest, this.added, (at) => this.indexAt(at) >= index);
    const from = Math.max(this.unwatched, entry === oldest ? 0 : this.indexAt(entry - 1)) + 1;
    if (entry === this.added) return { from, to: Number.POSITIVE_INFINITY, atMs: null };
    const isForgotten = entry === oldest && oldest > 0;
    return { from, to: this.indexAt(entry), atMs: isForgotten ? null : (this.times[entry % this.capacity] as number) };
  }

  private indexAt(entry: number): number {
    return this.indexes[entry % this.capacity] as number;
  }
}
