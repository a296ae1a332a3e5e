import { describe, expect, it } from 'vitest';
import { CAUGHT_UP_RECORDS, hasCaughtUp } from './catch-up.js';

describe('hasCaughtUp', () => {
  it('needs everything that is committed', () => {
    expect(hasCaughtUp(10, 10, 12)).toBe(true);
    expect(hasCaughtUp(9, 10, 12)).toBe(false);
  });

  it('tolerates what is in flight, up to a bound', () => {
    expect(hasCaughtUp(5, 5, 5 + CAUGHT_UP_RECORDS)).toBe(true);
    expect(hasCaughtUp(5, 5, 6 + CAUGHT_UP_RECORDS)).toBe(false);
  });

  it('refuses a node that has acknowledged nothing', () => {
    expect(hasCaughtUp(0, 0, 0)).toBe(false);
  });
});
