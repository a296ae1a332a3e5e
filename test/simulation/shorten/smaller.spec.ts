import { describe, expect, it } from 'vitest';
import { fewest, lowest } from './smaller.js';
import type { Try } from './smaller.js';

const HUNDRED = Array.from({ length: 100 }, (_, place) => place + 1);

/** Happens with all of these together; counts the tries. */
function needs(...needed: readonly number[]): { attempt: Try<number>; tries: () => number } {
  let tries = 0;
  const attempt: Try<number> = (items) => {
    tries += 1;
    return Promise.resolve(needed.every((item) => items.includes(item)) ? items : null);
  };
  return { attempt, tries: () => tries };
}

describe('fewest', () => {
  it('finds the items that are needed, wherever they stand, in far fewer tries than there are sets', async () => {
    for (const needed of [[1], [100], [3, 17, 20], [1, 50, 51, 100], [98, 99]]) {
      const { attempt, tries } = needs(...needed);
      expect(await fewest(HUNDRED, attempt)).toEqual(needed);
      expect(tries()).toBeLessThan(100);
    }
  });

  it('needs one try where nothing is needed', async () => {
    const { attempt, tries } = needs();
    expect(await fewest(HUNDRED, attempt)).toEqual([]);
    expect(tries()).toBe(1);
  });

  it('keeps all where all are needed', async () => {
    expect(await fewest([1, 2, 3], needs(1, 2, 3).attempt)).toEqual([1, 2, 3]);
  });

  it('goes on with those that took part, where some of the items came to nothing', async () => {
    const attempt: Try<number> = (items) =>
      Promise.resolve(items.includes(40) ? items.filter((item) => item % 10 === 0) : null);
    expect(await fewest(HUNDRED, attempt)).toEqual([40]);
  });

  it('leaves none that can be left out by itself, however the rest depends on each other', async () => {
    // 1 is needed only together with 2.
    const happens = (items: readonly number[]): boolean =>
      items.includes(7) && (items.includes(2) ? items.includes(1) : true);
    const attempt: Try<number> = (items) => Promise.resolve(happens(items) ? items : null);
    expect(await fewest([1, 2, 3, 4, 5, 6, 7], attempt)).toEqual([7]);
  });
});

describe('lowest', () => {
  it('comes near the bound from above', async () => {
    const found = await lowest(20_000, (number) => Promise.resolve(number >= 812));
    expect(found).toBeGreaterThanOrEqual(812);
    expect(found).toBeLessThan(812 * 1.15);
  });

  it('stays where it is if nothing below will do', async () => {
    expect(await lowest(100, () => Promise.resolve(false))).toBe(100);
  });
});
