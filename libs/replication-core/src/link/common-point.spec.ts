import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommonPointSearch } from './common-point.js';

/** Asks until the search is done. `common`: the last index the two logs share. */
function search(floor: number, ceiling: number, common: number): { found: number; questions: number[] } {
  const point = new CommonPointSearch(floor, ceiling);
  const questions: number[] = [];
  for (let index = point.question; index !== null; index = point.question) {
    questions.push(index);
    point.answer(index, index <= common);
  }
  return { found: point.commonIndex, questions };
}

describe('CommonPointSearch', () => {
  it('finds the last common record of any two logs in about log2(n) questions, each within both', () => {
    const logs = fc
      .tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }))
      .map((parts) => [...parts].sort((left, right) => left - right) as [number, number, number]);
    fc.assert(
      fc.property(logs, ([floor, common, ceiling]) => {
        const { found, questions } = search(floor, ceiling, common);
        expect(found).toBe(common);
        expect(questions.length).toBeLessThanOrEqual(Math.ceil(Math.log2(ceiling - floor + 1)) + 2);
        expect(new Set(questions).size).toBe(questions.length);
        expect(questions.every((index) => index > floor && index <= ceiling)).toBe(true);
      }),
    );
  });

  it('asks once where one log continues the other, and not at all where one is empty', () => {
    expect(search(0, 1_000_000, 1_000_000).questions).toEqual([1_000_000]);
    expect(search(0, 0, 0)).toEqual({ found: 0, questions: [] });
  });

  it('learns nothing wrong from an answer that comes late or twice', () => {
    const point = new CommonPointSearch(0, 10);
    point.answer(6, true);
    point.answer(3, true);
    point.answer(8, false);
    point.answer(9, false);
    expect(point.commonIndex).toBe(6);
    expect(point.question).toBe(7);
  });
});
