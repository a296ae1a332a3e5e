import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.js';

/** A lane whose results come when the test says so. */
function laneByHand(): { lane: (item: number) => Promise<string>; begun: number[]; end: (item: number) => void } {
  const ends = new Map<number, () => void>();
  const begun: number[] = [];
  const lane = (item: number): Promise<string> => {
    begun.push(item);
    return new Promise((resolve) => ends.set(item, () => resolve(`result ${item}`)));
  };
  return { lane, begun, end: (item) => ends.get(item)?.() };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('inOrder', () => {
  it('gives the next item to whichever lane is free, and the results in the order of the items', async () => {
    const [slow, quick] = [laneByHand(), laneByHand()];
    const results = all(inOrder([1, 2, 3, 4], [slow.lane, quick.lane]));
    for (const item of [2, 3, 4]) {
      await expect.poll(() => quick.begun).toContain(item);
      quick.end(item);
    }
    slow.end(1);
    expect(await results).toEqual(['result 1', 'result 2', 'result 3', 'result 4']);
    expect(slow.begun).toEqual([1]);
  });

  it('begins nothing more once nobody asks for more', async () => {
    const begun: number[] = [];
    const lane = (item: number): Promise<number> => {
      begun.push(item);
      return Promise.resolve(item);
    };
    for await (const result of inOrder([1, 2, 3, 4, 5, 6, 7, 8], [lane])) if (result === 2) break;
    const atTheEnd = [...begun];
    await Promise.resolve();
    expect(begun).toEqual(atTheEnd);
    expect(begun).not.toContain(8);
  });

  it('fails at the place of the item that failed', async () => {
    const results = inOrder(
      [1, 2],
      [(item) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item))],
    );
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await expect(results.next()).rejects.toThrow('two');
  });
});
