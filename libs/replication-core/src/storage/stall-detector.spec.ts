import { describe, expect, it } from 'vitest';
import { StallDetector } from './stall-detector.js';

const LIMIT_MS = 5_000;

describe('the stall detector', () => {
  it('finds an operation that does not end', () => {
    const detector = new StallDetector(LIMIT_MS);
    expect(detector.look(1_000, null)).toBe(false);
    expect(detector.look(5_999, 1_000)).toBe(false);
    expect(detector.look(6_000, 1_000)).toBe(false);
    expect(detector.look(7_000, 1_000)).toBe(true);
    expect(detector.look(60_000, 1_000)).toBe(true);
  });

  it('is over when the operation ends, whether another one follows or not', () => {
    const detector = new StallDetector(LIMIT_MS);
    detector.look(6_000, 0);
    expect(detector.look(7_000, 0)).toBe(true);
    expect(detector.look(8_000, 7_500)).toBe(false);
    expect(detector.look(9_000, null)).toBe(false);
  });

  it('does not take a process that was stopped for a disk that hangs', () => {
    const detector = new StallDetector(LIMIT_MS);
    expect(detector.look(1_000, 900)).toBe(false);
    expect(detector.look(90_000, 900)).toBe(false);
    expect(detector.look(91_000, 90_500)).toBe(false);
  });

  it('finds one operation after the other that takes too long', () => {
    const detector = new StallDetector(LIMIT_MS);
    expect([detector.look(5_000, 0), detector.look(6_000, 0)]).toEqual([false, true]);
    expect([detector.look(12_000, 6_500), detector.look(13_000, 6_500)]).toEqual([false, true]);
  });
});
