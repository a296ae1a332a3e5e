import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWhere } from './first-where.js';

describe('firstWhere', () => {
  it('finds the first number that holds, wherever it is', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(120), (low, count, border) => {
        const high = low + count;
        const expected = Math.min(Math.max(border, low), high);
        expect(firstWhere(low, high, (at) => at >= border)).toBe(expected);
      }),
    );
  });

  it('asks nothing of an empty range, and nothing outside of a range', () => {
    const asked: number[] = [];
    const ask = (at: number): boolean => {
      asked.push(at);
      return false;
    };
    expect(firstWhere(7, 7, ask)).toBe(7);
    expect(asked).toEqual([]);
    expect(firstWhere(3, 5, ask)).toBe(5);
    expect(asked.every((at) => at >= 3 && at < 5)).toBe(true);
  });

  it('finds its way among more than 2³¹ numbers in few steps', () => {
    let steps = 0;
    const border = 2 ** 40 + 1;
    const found = firstWhere(1, 2 ** 52, (at) => {
      steps += 1;
      return at >= border;
    });
    expect(found).toBe(border);
    expect(steps).toBeLessThanOrEqual(52);
  });
});
