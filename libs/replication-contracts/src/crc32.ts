/**
 * CRC-32 as zlib computes it. Most records have a few hundred bytes. For those, the call into native code and the view it
 * needs cost more than the sum itself, so the sum is computed here, eight bytes a step (slicing-by-8). Native code is
 * much faster for long ones.
 */
import { crc32 as nativeCrc32 } from 'node:zlib';

/** From this length on native code is faster, including the call. */
const NATIVE_FROM_BYTES = 512;
const STEP_BYTES = 8;
const POLYNOMIAL = 0xedb88320;

/** Table `n` begins at entry 256 · n: what a byte does to the sum when `n` more bytes come after it. */
const TABLES = buildTables();

/** CRC-32 of the bytes from `from` to before `to`, as an unsigned number. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  if (to - from >= NATIVE_FROM_BYTES) return nativeCrc32(bytes.subarray(from, to));
  let state = -1;
  let at = from;
  for (; at + STEP_BYTES <= to; at += STEP_BYTES) {
    state = sumOfStep(state ^ wordAt(bytes, at), wordAt(bytes, at + 4));
  }
  for (; at < to; at++) state = after(state, bytes[at] as number);
  return ~state >>> 0;
}

/** The CRC-32 `crc` continued over the four bytes of `word`, little-endian. */
export function continueCrc32(crc: number, word: number): number {
  let state = ~crc;
  for (let shift = 0; shift < 32; shift += 8) state = after(state, word >>> shift);
  return ~state >>> 0;
}

function after(state: number, byte: number): number {
  return (TABLES[(state ^ byte) & 0xff] as number) ^ (state >>> 8);
}

/** `first`: the first four bytes of a step, combined with the state; `second`: the other four. */
function sumOfStep(first: number, second: number): number {
  return (
    (TABLES[1792 + (first & 0xff)] as number) ^
    (TABLES[1536 + ((first >>> 8) & 0xff)] as number) ^
    (TABLES[1280 + ((first >>> 16) & 0xff)] as number) ^
    (TABLES[1024 + (first >>> 24)] as number) ^
    (TABLES[768 + (second & 0xff)] as number) ^
    (TABLES[512 + ((second >>> 8) & 0xff)] as number) ^
    (TABLES[256 + ((second >>> 16) & 0xff)] as number) ^
    (TABLES[second >>> 24] as number)
  );
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function buildTables(): Int32Array {
  const tables = new Int32Array(256 * STEP_BYTES);
  for (let byte = 0; byte < 256; byte++) {
    let state = byte;
    for (let bit = 0; bit < 8; bit++) state = state & 1 ? (state >>> 1) ^ POLYNOMIAL : state >>> 1;
    tables[byte] = state;
  }
  for (let place = 256; place < tables.length; place++) {
    const shorter = tables[place - 256] as number;
    tables[place] = (tables[shorter & 0xff] as number) ^ (shorter >>> 8);
  }
  return tables;
}
