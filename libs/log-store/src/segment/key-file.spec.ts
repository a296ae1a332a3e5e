import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import type { KeyFilter } from './key-file.js';
import { encodeKeyFile, findInKeyFile, hashKey, mayHaveKey, readKeyFilter } from './key-file.js';

const key = fc.string({ minLength: 1, maxLength: 40 });
const breathe = () => Promise.resolve();

async function openKeys(keys: ReadonlyMap<string, number>) {
  const files = new MemoryFileSystem();
  const file = await files.open('/keys', 'create');
  await file.write([await encodeKeyFile(100, keys, breathe)], 0);
  return { file, filter: (await readKeyFilter(file, 100)) as KeyFilter, files };
}

describe('key file', () => {
  it('finds every key it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 300 }), async (names) => {
        const keys = new Map(names.map((name, place) => [name, 100 + place]));
        const { file, filter } = await openKeys(keys);
        for (const [name, index] of keys) {
          expect(mayHaveKey(filter, name)).toBe(true);
          expect(await findInKeyFile(file, filter, name)).toContain(index);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('rules out almost every other key from memory', async () => {
    const keys = new Map(Array.from({ length: 20_000 }, (_, place) => [`key-${place}`, 100 + place]));
    const { filter } = await openKeys(keys);
    let wrong = 0;
    for (let place = 0; place < 20_000; place++) if (mayHaveKey(filter, `other-${place}`)) wrong += 1;
    expect(wrong).toBeLessThan(400);
    expect(filter.bits.length).toBe(25_000);
  });

  it('uses the next page if one is full', async () => {
    const sameOfTwo = Array.from({ length: 1000 }, (_, place) => `key-${place}`).filter(
      (name) => hashKey(name).first % 2 === 0,
    );
    const keys = new Map(sameOfTwo.slice(0, 75).map((name, place) => [name, 100 + place]));
    const { file, filter } = await openKeys(keys);
    expect(filter.pages).toBe(2);
    for (const [name, index] of keys) expect(await findInKeyFile(file, filter, name)).toContain(index);
  });

  it('says that it is damaged instead of missing a key', async () => {
    const keys = new Map(Array.from({ length: 100 }, (_, place) => [`key-${place}`, 100 + place]));
    const { file, filter, files } = await openKeys(keys);
    const bytes = files.contentOf('/keys').length;
    for (let at = 0; at < bytes; at += 7) {
      files.damage('/keys', at, (byte) => byte ^ 16);
      const read = await readKeyFilter(file, 100);
      if (read !== null) {
        for (const [name, index] of keys) {
          const found = await findInKeyFile(file, filter, name);
          expect(found === null || found.includes(index)).toBe(true);
        }
      }
      files.damage('/keys', at, (byte) => byte ^ 16);
    }
    expect(await readKeyFilter(file, 101)).toBeNull();
  });
});
