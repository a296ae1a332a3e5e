import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAN_MS, duePings } from './due-pings.js';

/** Plans at each of `ticks`; returns when pings were sent. */
function pingsAt(ticks: readonly number[], delayMs: number): number[] {
  let nextMs = Number.NEGATIVE_INFINITY;
  return ticks.flatMap((nowMs) => {
    const plan = duePings(nextMs, nowMs, delayMs);
    nextMs = plan.nextMs;
    return plan.offsetsMs.map((offsetMs) => nowMs + offsetMs);
  });
}

describe('the pings of a master', () => {
  it('begin at once, and keep their pace below a second', () => {
    expect(pingsAt([0, 1_000, 2_000], 400)).toEqual([0, 400, 800, 1_200, 1_600, 2_000, 2_400, 2_800]);
  });

  it('keep their pace above a second', () => {
    expect(pingsAt([0, 1_000, 2_000, 3_000, 4_000, 5_000], 2_500)).toEqual([0, 2_500, 5_000]);
  });

  it('are not doubled when a call comes early, and are late by as much as the call', () => {
    expect(pingsAt([0, 990, 2_005], 500)).toEqual([0, 500, 1_000, 1_500, 2_005, 2_505]);
  });

  it('are never closer than the delay, nor further apart than the delay and the lateness of a call', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 50, max: 5_000 }), (waits, delayMs) => {
        const ticks = waits.reduce<number[]>((times, wait) => [...times, (times.at(-1) ?? 0) + wait], [0]);
        const pings = pingsAt(ticks, delayMs);
        const lateMs = Math.max(0, ...waits.map((wait) => wait - PLAN_MS));
        for (const [place, at] of pings.slice(1).entries()) {
          const gapMs = at - (pings[place] as number);
          expect(gapMs).toBeGreaterThanOrEqual(delayMs);
          expect(gapMs).toBeLessThanOrEqual(delayMs + lateMs);
        }
      }),
    );
  });
});
