import { LOG_START } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import { Durability } from './durability.js';

const upTo = (index: number) => ({ ...LOG_START, index });

describe('durability', () => {
  it('resolves waiters by index, in whatever order they came', async () => {
    const durability = new Durability(LOG_START);
    const settled: number[] = [];
    const waits = [3, 1, 2].map((index) => durability.wait(index).then(() => settled.push(index)));
    durability.advance(upTo(2));
    await Promise.all(waits.slice(1));
    expect(settled).toEqual([1, 2]);
    durability.advance(upTo(3));
    await waits[0];
    expect(settled).toEqual([1, 2, 3]);
    await expect(durability.wait(3)).resolves.toBeUndefined();
  });

  it('reports a failure once, also to later listeners, and not to removed ones', async () => {
    const durability = new Durability(LOG_START);
    const heard: string[] = [];
    durability.onFailure((error) => heard.push(`first: ${error.message}`));
    durability.onFailure(() => heard.push('gone'))();
    durability.fail(new Error('EIO'));
    durability.fail(new Error('again'));
    await new Promise<void>((resolve) => {
      durability.onFailure((error) => {
        heard.push(`late: ${error.message}`);
        resolve();
      });
    });
    expect(heard).toEqual(['first: EIO', 'late: EIO']);
    await expect(durability.wait(1)).rejects.toThrow('EIO');
  });

  it('no longer calls a removed listener', () => {
    const durability = new Durability(LOG_START);
    let times = 0;
    const off = durability.onDurable(() => (times += 1));
    durability.advance(upTo(1));
    off();
    durability.advance(upTo(2));
    expect(times).toBe(1);
  });
});
