import { firstWhere } from '@replog/contracts/first-where.js';

/** A range of indexes with the same time. */
export interface TimelineSpan {
  readonly from: number;
  /** Included. */
  readonly to: number;
  readonly atMs: number | null;
}

/**
 * The recent history of a growing index, and when it reached each value: the appends on the master, or the acknowledgements
 * of one node. A receipt is computed from two timelines, so nothing is stored per write. Bounded: it forgets the oldest.
 */
export class Timeline {
  private readonly indexes: Float64Array;
  private readonly times: Float64Array;
  /** Number of entries ever added. Entry k is at k modulo capacity. */
  private added = 0;
  /** Indexes up to here were reached before the timeline began, at an unknown time. */
  private unwatched = 0;

  constructor(private readonly capacity: number) {
    this.indexes = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
  }

  /** `index` was reached at `atMs`. Calls come in time order; an index that is not higher than before is ignored. */
  reached(index: number, atMs: number): void {
    if (this.added > 0 && index <= (this.indexes[(this.added - 1) % this.capacity] as number)) return;
    this.indexes[this.added % this.capacity] = index;
    this.times[this.added % this.capacity] = atMs;
    this.added += 1;
  }

  /** Begins the timeline after `index`: the time of `index` and of those before it is unknown. */
  watchAfter(index: number): void {
    this.unwatched = index;
  }

  /** When `index` was reached, in milliseconds; `null` if it is not reached yet, or if the time is forgotten. */
  timeOf(index: number): number | null {
    return this.spanOf(index).atMs;
  }

  /** The same, with the range of indexes around it that were reached at the same time. */
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
