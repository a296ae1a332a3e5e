import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffMs', () => {
  it('stays between half a step and a step, whatever the try', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 10_000 }),
        fc.nat({ max: 60_000 }),
        chance,
        (attempt, firstMs, more, luck) => {
          const limits = { firstMs, maxMs: firstMs + more };
          const pauseMs = backoffMs(attempt, limits, luck);
          expect(pauseMs).toBeGreaterThanOrEqual(firstMs / 2);
          expect(pauseMs).toBeLessThanOrEqual(limits.maxMs);
          expect(backoffMs(attempt + 1, limits, luck)).toBeGreaterThanOrEqual(pauseMs);
        },
      ),
    );
  });

  it('doubles up to the longest pause', () => {
    const limits = { firstMs: 100, maxMs: 1_000 };
    expect([0, 1, 2, 3, 4, 5_000].map((attempt) => backoffMs(attempt, limits, 0))).toEqual([
      50, 100, 200, 400, 500, 500,
    ]);
  });
});
