import { describe, expect, it } from 'vitest';
import { percentileOf, spreadOf } from './statistics.js';

describe('figures of repeated rounds', () => {
  it('have the middle one as median, whatever order they came in', () => {
    expect(spreadOf([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
  });

  it('have the mean of the middle two as median where their number is even', () => {
    expect(spreadOf([40, 10, 20, 100])).toEqual({ median: 30, min: 10, max: 100 });
  });

  it('leave out rounds without the figure, and are nothing where no round has it', () => {
    expect(spreadOf([null, 5, null])).toEqual({ median: 5, min: 5, max: 5 });
    expect(spreadOf([null])).toBeNull();
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, place) => place + 1);

  it('is the value that so many do not exceed', () => {
    expect(percentileOf(hundred, 0.5)).toBe(50);
    expect(percentileOf(hundred, 0.99)).toBe(99);
    expect(percentileOf([7], 0.99)).toBe(7);
  });

  it('of nothing is nothing', () => expect(percentileOf([], 0.5)).toBeNull());
});
