/**
 * The idempotency keys of a sealed segment. A Bloom filter is loaded once and rules out almost every key that is not here.
 * A hash table follows, in pages of one disk sector; a lookup reads one page. A missed key would store a message twice, so
 * filter and pages have checksums, and a file with a wrong one is rebuilt from the segment.
 *
 *    0  u32  crc of bytes 4 … 64       24  u64  number of keys
 *    4  u32  'RLKY'                    32  u32  bytes of the filter
 *    8  u32  version 1                 36  u32  crc of the filter
 *   12  u32  number of pages           40       0
 *   16  u64  first index               64       filter, then pages of 512 bytes
 *
 * A page: u32 crc of bytes 4 … 512, u32 number of slots used, 63 slots of u32 second hash and u32 index − first index.
 * A full page overflows into the next one.
 */
import { crc32 } from 'node:zlib';
import { readU64, writeU64 } from '@replog/contracts/record.js';
import type { OpenFile } from '../file-system.port.js';
import { readUpTo } from '../shared/file-operations.js';

const MAGIC = 0x594b4c52;
const VERSION = 1;
const HEADER_BYTES = 64;
export const KEY_HEADER = {
  what: 'the list of keys of a segment',
  magic: MAGIC,
  version: VERSION,
  bytes: HEADER_BYTES,
};
const PAGE_BYTES = 512;
const SLOTS_PER_PAGE = 63;
/** Keys planned per page: two thirds full, so that few pages overflow. */
const KEYS_PER_PAGE = 42;
const FILTER_BITS_PER_KEY = 10;
const FILTER_PROBES = 7;
/** Keys to encode without a pause: a few milliseconds. */
const KEYS_AT_ONCE = 8192;

interface KeyHash {
  readonly first: number;
  readonly second: number;
}

/** The part of a key file that stays in memory. */
export interface KeyFilter {
  readonly firstIndex: number;
  readonly pages: number;
  readonly bits: Buffer;
}

/** `breathe` is awaited now and then: a segment can have a million keys, and other work must run in between. */
export async function encodeKeyFile(
  firstIndex: number,
  keys: ReadonlyMap<string, number>,
  breathe: () => Promise<void>,
): Promise<Buffer> {
  const pages = Math.max(1, Math.ceil(keys.size / KEYS_PER_PAGE));
  const filterBytes = Math.max(8, Math.ceil((keys.size * FILTER_BITS_PER_KEY) / 8));
  const bytes = Buffer.alloc(HEADER_BYTES + filterBytes + pages * PAGE_BYTES);
  const filter = bytes.subarray(HEADER_BYTES, HEADER_BYTES + filterBytes);
  const table = bytes.subarray(HEADER_BYTES + filterBytes);
  let done = 0;
  for (const [key, index] of keys) {
    const hash = hashKey(key);
    addToFilter(filter, hash);
    addToTable(table, pages, hash, index - firstIndex);
    done += 1;
    if (done % KEYS_AT_ONCE === 0) await breathe();
  }
  for (let page = 0; page < table.length; page += PAGE_BYTES) {
    table.writeUInt32LE(crc32(table.subarray(page + 4, page + PAGE_BYTES)), page);
  }
  bytes.writeUInt32LE(MAGIC, 4);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(pages, 12);
  writeU64(bytes, firstIndex, 16);
  writeU64(bytes, keys.size, 24);
  bytes.writeUInt32LE(filterBytes, 32);
  bytes.writeUInt32LE(crc32(filter), 36);
  bytes.writeUInt32LE(crc32(bytes.subarray(4, HEADER_BYTES)), 0);
  return bytes;
}

/** Reads header and filter; `null` if they are damaged. */
export async function readKeyFilter(file: OpenFile, firstIndex: number): Promise<KeyFilter | null> {
  const header = await readUpTo(file, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || crc32(header.subarray(4)) !== header.readUInt32LE(0)) return null;
  if (header.readUInt32LE(4) !== MAGIC || header.readUInt32LE(8) !== VERSION) return null;
  if (readU64(header, 16) !== firstIndex) return null;
  const pages = header.readUInt32LE(12);
  const bits = await readUpTo(file, HEADER_BYTES, header.readUInt32LE(32));
  return crc32(bits) === header.readUInt32LE(36) ? { firstIndex, pages, bits } : null;
}

/** `false`: the key is certainly not in the segment. */
export function mayHaveKey(filter: KeyFilter, key: string): boolean {
  const hash = hashKey(key);
  for (let probe = 0; probe < FILTER_PROBES; probe++) {
    const bit = filterBit(hash, probe, filter.bits.length * 8);
    if (((filter.bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Indexes of records that may have the key; the caller compares it. `null` if a page is damaged. */
export async function findInKeyFile(file: OpenFile, filter: KeyFilter, key: string): Promise<number[] | null> {
  const hash = hashKey(key);
  const found: number[] = [];
  for (let step = 0; step < filter.pages; step++) {
    const page = (hash.first + step) % filter.pages;
    const at = HEADER_BYTES + filter.bits.length + page * PAGE_BYTES;
    const bytes = await readUpTo(file, at, PAGE_BYTES);
    if (bytes.length < PAGE_BYTES || crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return null;
    const used = bytes.readUInt32LE(4);
    for (let slot = 0; slot < used; slot++) {
      if (bytes.readUInt32LE(slotAt(slot)) === hash.second) {
        found.push(filter.firstIndex + bytes.readUInt32LE(slotAt(slot) + 4));
      }
    }
    if (used < SLOTS_PER_PAGE) break;
  }
  return found;
}

function addToFilter(filter: Buffer, hash: KeyHash): void {
  for (let probe = 0; probe < FILTER_PROBES; probe++) {
    const bit = filterBit(hash, probe, filter.length * 8);
    filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7));
  }
}

function addToTable(table: Buffer, pages: number, hash: KeyHash, value: number): void {
  let page = hash.first % pages;
  while (table.readUInt32LE(page * PAGE_BYTES + 4) === SLOTS_PER_PAGE) page = (page + 1) % pages;
  const start = page * PAGE_BYTES;
  const used = table.readUInt32LE(start + 4);
  table.writeUInt32LE(hash.second, start + slotAt(used));
  table.writeUInt32LE(value, start + slotAt(used) + 4);
  table.writeUInt32LE(used + 1, start + 4);
}

function slotAt(slot: number): number {
  return 8 + slot * 8;
}

/** The bit of the filter that a probe for the key tests. */
function filterBit(hash: KeyHash, probe: number, bits: number): number {
  return (hash.first + probe * ((hash.second | 1) >>> 0)) % bits;
}

/** FNV-1a with two different mixes, so that page and slot are independent. */
export function hashKey(key: string): KeyHash {
  let state = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let place = 0; place < key.length; place++) {
    const code = key.charCodeAt(place);
    state = Math.imul(state ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b) ^ (other >>> 15);
  }
  return { first: mix(state), second: mix(other) };
}

function mix(value: number): number {
  let state = value;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
