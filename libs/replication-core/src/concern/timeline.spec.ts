import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

describe('Timeline', () => {
  it('tells when an index was reached, and nothing if it was not', () => {
    const timeline = new Timeline(8);
    expect(timeline.timeOf(1)).toBeNull();
    timeline.reached(3, 10);
    timeline.reached(3, 99);
    timeline.reached(7, 20);
    expect([1, 3, 4, 7, 8].map((index) => timeline.timeOf(index))).toEqual([10, 10, 20, 20, null]);
  });

  it('knows no time for indexes that were reached before it began', () => {
    const timeline = new Timeline(8);
    timeline.watchAfter(5);
    timeline.reached(7, 20);
    expect([5, 6, 7].map((index) => timeline.timeOf(index))).toEqual([null, 20, 20]);
  });

  const entries = fc.array(fc.record({ index: fc.nat({ max: 60 }), atMs: fc.nat() }), { maxLength: 50 });

  it('agrees with a full list, except for the oldest entries, which it forgets', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 12 }), (reached, capacity) => {
        const timeline = new Timeline(capacity);
        const list: { index: number; atMs: number }[] = [];
        for (const entry of reached) {
          timeline.reached(entry.index, entry.atMs);
          if (entry.index > (list.at(-1)?.index ?? -1)) list.push(entry);
        }
        const forgottenUpTo = list.length > capacity ? (list.at(-capacity)?.index ?? 0) : 0;
        for (let index = 1; index <= 61; index++) {
          const known = list.find((entry) => entry.index >= index)?.atMs ?? null;
          expect(timeline.timeOf(index)).toBe(index <= forgottenUpTo ? null : known);
          const { from, to } = timeline.spanOf(index);
          expect(from <= index && index <= to).toBe(true);
          for (let other = from; other <= Math.min(to, 61); other++) {
            expect(timeline.timeOf(other)).toBe(timeline.timeOf(index));
          }
        }
      }),
    );
  });
});
