import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMajority } from './majority.js';
import { requiredSecondaries } from './required-secondaries.js';

describe('requiredSecondaries', () => {
  it('takes a number as it is, also above the number of members', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 60 }), fc.boolean(), (concern, secondaries, isMember) => {
        expect(requiredSecondaries(concern, secondaries, isMember)).toBe(concern);
      }),
    );
  });

  it('asks for every secondary with `all`', () => {
    expect([0, 1, 4].map((secondaries) => requiredSecondaries('all', secondaries, true))).toEqual([0, 1, 4]);
    expect(requiredSecondaries('all', 2, false)).toBe(2);
  });

  it('asks with `majority` for just enough, counting the master if it is a member', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.boolean(), (secondaries, isMember) => {
        const own = isMember ? 1 : 0;
        const required = requiredSecondaries('majority', secondaries, isMember);
        expect(isMajority(required + own, secondaries + own)).toBe(true);
        expect(isMajority(required + own - 1, secondaries + own)).toBe(false);
      }),
    );
  });
});
