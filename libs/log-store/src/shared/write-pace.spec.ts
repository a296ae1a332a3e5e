import { describe, expect, it } from 'vitest';
import { WritePace } from './write-pace.js';

const SMALL = 4096;

function after(...writesMs: readonly number[]): WritePace {
  const pace = new WritePace();
  for (const ms of writesMs) pace.note(ms);
  return pace;
}

const many = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

describe('the pace of writes', () => {
  it('is not quick before the first quick writes', () => {
    expect(after().isQuick(SMALL)).toBe(false);
    expect(after(0.2, 0.2).isQuick(SMALL)).toBe(false);
    expect(after(...many(32, 0.2)).isQuick(SMALL)).toBe(true);
  });

  it('is never quick for a large write', () => {
    const pace = after(...many(100, 0.01));
    expect(pace.isQuick(64 * 1024)).toBe(true);
    expect(pace.isQuick(64 * 1024 + 1)).toBe(false);
  });

  it('is not quick on a slow disk, however steady', () => {
    expect(after(...many(1000, 1.1)).isQuick(SMALL)).toBe(false);
  });

  it('soon forgets a short delay, and remembers a stall for long', () => {
    const quick = many(100, 0.2);
    expect(after(...quick, 5).isQuick(SMALL)).toBe(true);
    expect(after(...quick, 1000).isQuick(SMALL)).toBe(false);
    expect(after(...quick, 1000, ...many(10, 0.2)).isQuick(SMALL)).toBe(false);
    expect(after(...quick, 1000, ...many(100, 0.2)).isQuick(SMALL)).toBe(true);
  });

  it('is not quick when every few writes stall', () => {
    const pace = after(...many(100, 0.2));
    for (let round = 0; round < 10; round++) {
      for (const ms of [30, 0.2, 0.2, 0.2]) {
        pace.note(ms);
        expect(pace.isQuick(SMALL)).toBe(false);
      }
    }
  });
});
