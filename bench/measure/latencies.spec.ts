import { describe, expect, it } from 'vitest';
import { latenciesOf, withHidden } from './latencies.js';

describe('latencies', () => {
  it('get those that a slow answer has kept from being sent', () => {
    expect(withHidden([100, 100, 550], 100)).toEqual([100, 100, 550, 450, 350, 250, 150]);
    expect(withHidden([100, 199], 100)).toEqual([100, 199]);
  });

  it('have percentiles in milliseconds', () => {
    const steady = Array.from({ length: 1_000 }, () => 2_000);
    expect(latenciesOf(steady, 2, 1)).toEqual({ p50Ms: 2, p99Ms: 2, maxMs: 2 });
  });

  it('show one long pause for as long as it was', () => {
    const paused = [...Array.from({ length: 999 }, () => 1_000), 1_001_000];
    expect(latenciesOf(paused, 2, 1)).toMatchObject({ p50Ms: 1, p99Ms: expect.closeTo(985, -2), maxMs: 1_001 });
  });

  it('of nothing are nothing', () => {
    expect(latenciesOf([], 2, 64)).toEqual({ p50Ms: null, p99Ms: null, maxMs: null });
  });
});
