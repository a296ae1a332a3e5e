import { describe, expect, it } from 'vitest';
import { InflightBodies } from './inflight-bodies.js';

/** Holds more and more, and answers how much in the end. */
function holder(...sizes: number[]): (add: (bytes: number) => void) => Promise<number> {
  return async (add) => {
    for (const size of sizes) add(await Promise.resolve(size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
}

describe('InflightBodies', () => {
  it('counts the bytes of all bodies, refuses one too many, and releases them; the reader refuses a body that is too large alone', async () => {
    const bodies = new InflightBodies({ maxInflightBytes: 100 });
    let finishFirst: () => void = () => undefined;
    const first = bodies.holding(async (add) => {
      const bytes = await holder(30, 30)(add);
      await new Promise<void>((resolve) => (finishFirst = resolve));
      return bytes;
    });
    const second = bodies.holding(holder(20, 30));
    await expect(second).rejects.toMatchObject({ code: 'OVERLOADED', details: { retryAfterS: 1 } });
    expect(bodies.bytes).toBe(60);
    expect(await bodies.holding(holder(40))).toBe(40);
    finishFirst();
    expect(await first).toBe(60);
    expect(await bodies.holding(holder(60, 60))).toBe(120);
    expect(bodies.bytes).toBe(0);
  });
});
