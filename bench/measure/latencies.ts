/**
 * Percentiles as wrk makes them, so that those of all load generators are of one kind. A client that waits for one slow
 * answer sends nothing meanwhile, and hides from the figures all the others that would have been slow with it. So for every
 * answer that took twice the usual time or more, those are added that would have been sent in between.
 */
import { percentileOf } from './statistics.js';

export interface Latencies {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** `microseconds`: of every request. `seconds` and `clients`: of the whole load, which give the usual time. */
export function latenciesOf(microseconds: readonly number[], seconds: number, clients: number): Latencies {
  const all = withHidden(microseconds, (seconds * 1_000_000 * clients) / microseconds.length).sort(
    (one, other) => one - other,
  );
  const ms = (share: number): number | null => {
    const found = percentileOf(all, share);
    return found === null ? null : found / 1000;
  };
  return { p50Ms: ms(0.5), p99Ms: ms(0.99), maxMs: ms(1) };
}

export function withHidden(microseconds: readonly number[], usual: number): number[] {
  const all = [...microseconds];
  for (const each of microseconds) {
    if (each < 2 * usual) continue;
    for (let hidden = each - usual; hidden > usual; hidden -= usual) all.push(hidden);
  }
  return all;
}
