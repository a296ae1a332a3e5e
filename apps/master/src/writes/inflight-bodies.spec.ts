import { describe, expect, it } from 'vitest';
import { InflightBodies } from './inflight-bodies.js';

async function* chunks(...sizes: number[]): AsyncGenerator<Buffer> {
  for (const size of sizes) yield await Promise.resolve(Buffer.alloc(size));
}

async function lengthOf(body: AsyncIterable<Buffer>): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
}

describe('InflightBodies', () => {
  it('counts the bytes of all bodies, refuses one too many, and releases them; the reader refuses a body that is too large alone', async () => {
    const bodies = new InflightBodies({ maxInflightBytes: 100 });
    let finishFirst: () => void = () => undefined;
    const first = bodies.holding(chunks(30, 30), async (body) => {
      const length = await lengthOf(body);
      await new Promise<void>((resolve) => (finishFirst = resolve));
      return length;
    });
    const second = bodies.holding(chunks(20, 30), lengthOf);
    await expect(second).rejects.toMatchObject({ code: 'OVERLOADED', details: { retryAfterS: 1 } });
    expect(bodies.bytes).toBe(60);
    expect(await bodies.holding(chunks(40), lengthOf)).toBe(40);
    finishFirst();
    expect(await first).toBe(60);
    expect(await bodies.holding(chunks(60, 60), lengthOf)).toBe(120);
    expect(bodies.bytes).toBe(0);
  });
});
