/** How long recent writes waited, per concern: two histograms, of the current and of the previous window. */
import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import type { Clock } from '@replog/contracts/ports.js';
import type { WriteConcern, WriteConcernView } from '@replog/contracts/views.js';

/** Each full window is kept for as long again, so the figures cover five to ten minutes. */
const WINDOW_MS = 5 * 60_000;
const US_PER_MS = 1000;

interface Window {
  readonly histogram: RecordableHistogram;
  readonly startedMs: number;
}

export class WaitTimes {
  private readonly windows = new Map<WriteConcern, { current: Window; previous: Window | null }>();

  constructor(private readonly clock: Clock) {}

  note(concern: WriteConcern, waitedMs: number): void {
    this.windowOf(concern).current.histogram.record(Math.max(1, Math.round(waitedMs * US_PER_MS)));
  }

  view(concern: WriteConcern): WriteConcernView['wait'] {
    const { current, previous } = this.windowOf(concern);
    const both = createHistogram();
    both.add(current.histogram);
    if (previous !== null) both.add(previous.histogram);
    if (both.count === 0) return { count: 0, p50Ms: null, p99Ms: null };
    return { count: both.count, p50Ms: both.percentile(50) / US_PER_MS, p99Ms: both.percentile(99) / US_PER_MS };
  }

  private windowOf(concern: WriteConcern): { current: Window; previous: Window | null } {
    const nowMs = this.clock.nowMs();
    const known = this.windows.get(concern);
    if (known !== undefined && nowMs - known.current.startedMs < WINDOW_MS) return known;
    const isRecent = known !== undefined && nowMs - known.current.startedMs < 2 * WINDOW_MS;
    const fresh = {
      current: { histogram: createHistogram(), startedMs: nowMs },
      previous: isRecent ? known.current : null,
    };
    this.windows.set(concern, fresh);
    return fresh;
  }
}
