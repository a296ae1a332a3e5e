/**
 * The index file beside a sealed segment says where its records are. Opening a log reads this file and not the segment. It
 * can always be rebuilt from the segment, and two checksums tell when that is needed.
 *
 *    0  u32  crc of bytes 4 … 104      40  u64  messages
 *    4  u32  'RLIX'                    48       position before the first record (24 bytes)
 *    8  u32  version 1                 72       position after the last record (24 bytes)
 *   12  u32  number of entries         96  u32  crc of the entries
 *   16  u64  first index              100  u32  0
 *   24  u64  bytes of the records     104       entries: u64 index, u64 seq before it, u64 position
 *   32  u64  newest membership or 0
 *
 * A position is: u64 index, u64 seq, u32 epoch, u32 chain.
 */
import { crc32 } from 'node:zlib';
import type { LogPosition } from '@replog/contracts/record.js';
import { readU64, writeU64 } from '@replog/contracts/record.js';
import type { Segment } from './segment.js';
import { SparseIndex, readPosition } from './segment.js';

const MAGIC = 0x58494c52;
const VERSION = 1;
const HEADER_BYTES = 104;
const ENTRY_BYTES = 24;

export const INDEX_HEADER = { what: 'the index of a segment', magic: MAGIC, version: VERSION, bytes: HEADER_BYTES };

export interface SegmentSummary {
  readonly firstIndex: number;
  readonly before: LogPosition;
  readonly last: LogPosition;
  readonly end: number;
  readonly membershipIndex: number;
  readonly sparse: SparseIndex;
}

export function encodeIndexFile(segment: Segment, sparse: SparseIndex): Buffer {
  const { entries } = sparse;
  const bytes = Buffer.alloc(HEADER_BYTES + entries.length * ENTRY_BYTES);
  entries.forEach((entry, place) => {
    const at = HEADER_BYTES + place * ENTRY_BYTES;
    writeU64(bytes, entry.index, at);
    writeU64(bytes, entry.seqBefore, at + 8);
    writeU64(bytes, entry.position, at + 16);
  });
  bytes.writeUInt32LE(MAGIC, 4);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(entries.length, 12);
  writeU64(bytes, segment.firstIndex, 16);
  writeU64(bytes, segment.end, 24);
  writeU64(bytes, segment.membershipIndex, 32);
  writeU64(bytes, segment.last.seq - segment.before.seq, 40);
  writePosition(bytes, segment.before, 48);
  writePosition(bytes, segment.last, 72);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_BYTES)), 96);
  bytes.writeUInt32LE(crc32(bytes.subarray(4, HEADER_BYTES)), 0);
  return bytes;
}

/** `null` if the bytes are not a whole, undamaged index file of the segment. */
export function decodeIndexFile(bytes: Buffer, firstIndex: number): SegmentSummary | null {
  if (bytes.length < HEADER_BYTES || crc32(bytes.subarray(4, HEADER_BYTES)) !== bytes.readUInt32LE(0)) return null;
  if (bytes.readUInt32LE(4) !== MAGIC || bytes.readUInt32LE(8) !== VERSION) return null;
  if (bytes.length !== HEADER_BYTES + bytes.readUInt32LE(12) * ENTRY_BYTES) return null;
  if (crc32(bytes.subarray(HEADER_BYTES)) !== bytes.readUInt32LE(96) || readU64(bytes, 16) !== firstIndex) return null;
  const sparse = new SparseIndex();
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    sparse.entries.push({
      index: readU64(bytes, at),
      seqBefore: readU64(bytes, at + 8),
      position: readU64(bytes, at + 16),
    });
  }
  return {
    firstIndex,
    before: readPosition(bytes, 48),
    last: readPosition(bytes, 72),
    end: readU64(bytes, 24),
    membershipIndex: readU64(bytes, 32),
    sparse,
  };
}

function writePosition(bytes: Buffer, position: LogPosition, at: number): void {
  writeU64(bytes, position.index, at);
  writeU64(bytes, position.seq, at + 8);
  bytes.writeUInt32LE(position.epoch, at + 16);
  bytes.writeUInt32LE(position.chain, at + 20);
}
