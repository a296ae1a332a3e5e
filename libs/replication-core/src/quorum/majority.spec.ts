import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highestIndexHeldBy, isMajority, majorityOf } from './majority.js';

describe('majority', () => {
  it('is more than half of the members', () => {
    expect([1, 2, 3, 4, 5].map(majorityOf)).toEqual([1, 2, 2, 3, 3]);
    expect([isMajority(1, 2), isMajority(2, 3), isMajority(2, 4), isMajority(0, 0)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('any two majorities of the same members share one', () => {
    const twoSubsets = fc
      .array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 15 })
      .map((picks) => ({ members: picks.length, picks }));
    fc.assert(
      fc.property(twoSubsets, ({ members, picks }) => {
        const left = picks.filter(([inLeft]) => inLeft).length;
        const right = picks.filter(([, inRight]) => inRight).length;
        fc.pre(isMajority(left, members) && isMajority(right, members));
        expect(picks.some(([inLeft, inRight]) => inLeft && inRight)).toBe(true);
      }),
    );
  });

  it('finds the highest index that so many nodes have, and does not change its argument', () => {
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.array(fc.nat({ max: 20 }), { maxLength: 7 }), (count, held) => {
        const given = [...held];
        const answer = highestIndexHeldBy(count, held);
        expect(held).toEqual(given);
        if (count === 0) expect(answer).toBe(Number.POSITIVE_INFINITY);
        else expect(answer).toBe(bruteForce(count, held));
      }),
    );
  });
});

function bruteForce(count: number, held: readonly number[]): number {
  for (let index = Math.max(0, ...held); index > 0; index--) {
    if (held.filter((other) => other >= index).length >= count) return index;
  }
  return 0;
}
