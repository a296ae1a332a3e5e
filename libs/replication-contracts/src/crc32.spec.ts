import { crc32 as nativeCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { continueCrc32, crc32 } from './crc32.js';

/** Bytes that follow no pattern a sum could hide in. */
const BYTES = Buffer.from(Array.from({ length: 2_048 }, (_, place) => (place * 7_919 + (place >> 3) * 31) & 0xff));

describe('CRC-32', () => {
  it('is that of zlib, for every length and from every byte of a word', () => {
    for (let from = 0; from < 9; from++) {
      for (let length = 0; length <= 600; length++) {
        const expected = nativeCrc32(BYTES.subarray(from, from + length));
        if (crc32(BYTES, from, from + length) !== expected) expect.fail(`${length} bytes from ${from} differ`);
      }
    }
    expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926);
  });

  it('goes on over a word as over its four bytes', () => {
    const word = BYTES.readUInt32LE(100);
    const before = nativeCrc32(BYTES.subarray(0, 100));
    expect(continueCrc32(before, word)).toBe(nativeCrc32(BYTES.subarray(0, 104)));
  });
});
