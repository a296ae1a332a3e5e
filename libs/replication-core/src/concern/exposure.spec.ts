import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exposure } from './exposure.js';

describe('Exposure', () => {
  it('counts each write once, until it is committed', () => {
    const exposure = new Exposure();
    for (const index of [3, 5, 5, 4]) exposure.satisfied(index);
    expect(exposure.count).toBe(3);
    exposure.commit(4);
    expect(exposure.count).toBe(1);
    exposure.commit(2);
    exposure.satisfied(4);
    expect(exposure.count).toBe(1);
    exposure.commit(5);
    expect(exposure.count).toBe(0);
  });

  const step = fc.record({
    kind: fc.constantFrom('satisfied' as const, 'satisfied' as const, 'commit' as const),
    // Around the borders of words (32) and pages (4096), near and far.
    index: fc.oneof(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 4_060, max: 4_130 }),
      fc.integer({ min: 8_180, max: 8_200 }),
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 4_294_967_290, max: 4_294_967_300 }),
    ),
  });

  it('agrees with a set of numbers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        // A log commits step by step; a leap to the far end would only cost this test its time.
        const near = steps.filter((next) => next.kind === 'satisfied' || next.index <= 20_000);
        const exposure = new Exposure();
        let set = new Set<number>();
        let committed = 0;
        for (const { kind, index } of near) {
          if (kind === 'satisfied') {
            exposure.satisfied(index);
            if (index > committed) set.add(index);
          } else {
            exposure.commit(index);
            committed = Math.max(committed, index);
            set = new Set([...set].filter((other) => other > committed));
          }
          expect(exposure.count).toBe(set.size);
        }
      }),
    );
  });

  it('goes on counting where a set of numbers would end', () => {
    const exposure = new Exposure();
    const many = 2 ** 24 + 10;
    for (let index = 1; index <= many; index++) exposure.satisfied(index);
    expect(exposure.count).toBe(many);
    exposure.commit(many - 1);
    expect(exposure.count).toBe(1);
  }, 30_000);
});
