/**
 * The record: one entry of the log, with the same bytes on disk and on the wire. A master encodes a record once. The same
 * bytes go to its disk and to every secondary, which checks `crc` and `chain` and writes them as they came.
 *
 * All numbers are little-endian. `docs/log-format.md` is the reference for other languages.
 *
 *    0  u32  crc        CRC-32 of bytes 12 … length
 *    4  u32  chain      CRC-32 over the crc fields of all records up to and with this one
 *    8  u32  batch      node-local: bytes back to the start of the write this record was synced in; not covered by crc
 *   12  u32  length     bytes of the whole record
 *   16  u8   kind       see RecordKind
 *   17  u8   version    1
 *   18  u16  keyLength  0 = no key
 *   20  u32  epoch
 *   24  u64  index
 *   32  u64  seq        of a message: its own; of any other kind: that of the last message before it
 *   40  u64  timestamp  milliseconds since the Unix epoch, on the master
 *   48       key, then payload
 */
import { continueCrc32, crc32 } from './crc32.js';
import { RECORD_HEADER_BYTES } from './limits.js';
import {
  BATCH,
  CHAIN,
  COVERED,
  CRC,
  EPOCH,
  INDEX,
  KEY_LENGTH,
  KIND,
  LENGTH,
  SEQ,
  TIMESTAMP,
  TWO_32,
  VERSION,
} from './record-layout.js';

export const RECORD_VERSION = 1;

/** What a record is. One byte with room for more kinds: a log does not assume that every record is a message. */
export enum RecordKind {
  Message = 1,
  EpochStart = 2,
  Membership = 3,
}

/** A position in the log: after which record. Two logs are equal up to `index` if they have the same `chain` there. */
export interface LogPosition {
  readonly index: number;
  readonly epoch: number;
  readonly chain: number;
  /** Number of the last message at or before `index`; 0 without one. */
  readonly seq: number;
}

/** The position before the first record. */
export const LOG_START: LogPosition = Object.freeze({ index: 0, epoch: 0, chain: 0, seq: 0 });

/** What a master decides of a record. Its position in the log gives the rest. */
export interface RecordDraft {
  readonly kind: RecordKind;
  readonly epoch: number;
  readonly timestampMs: number;
  /** Printable ASCII, 1 to 255 characters. */
  readonly key: string | null;
  readonly payload: Uint8Array;
}

/** A record as it is read. */
export interface LogRecord {
  readonly kind: RecordKind;
  readonly epoch: number;
  readonly index: number;
  readonly seq: number;
  readonly timestampMs: number;
  readonly key: string | null;
  /** A view of the buffer that the record was read from. Copy it to keep it. */
  readonly payload: Buffer;
  readonly chain: number;
  /** Bytes of the whole record. */
  readonly length: number;
}

/** Why bytes are not the expected record. `empty` means zeros: nothing was written there. */
export type RecordFault = 'empty' | 'short' | 'length' | 'crc' | 'version' | 'order' | 'chain';

/**
 * Checks that a whole, undamaged record begins at byte `at` and ends before byte `end`. With `previous` it must also
 * follow that position. Returns the fault, or `null` if there is none. Never throws, whatever the bytes are.
 */
export function findRecordFault(
  bytes: Buffer,
  at: number,
  end: number,
  previous: LogPosition | null,
): RecordFault | null {
  if (end - at < RECORD_HEADER_BYTES) return isZero(bytes, at, end) ? 'empty' : 'short';
  const length = bytes.readUInt32LE(at + LENGTH);
  if (length === 0 && isZero(bytes, at, at + RECORD_HEADER_BYTES)) return 'empty';
  const keyLength = bytes.readUInt16LE(at + KEY_LENGTH);
  if (length < RECORD_HEADER_BYTES + keyLength) return 'length';
  if (length > end - at) return 'short';
  if (crc32(bytes, at + COVERED, at + length) !== recordCrc(bytes, at)) return 'crc';
  if (bytes[at + VERSION] !== RECORD_VERSION) return 'version';
  if (previous === null) return null;
  if (recordIndex(bytes, at) !== previous.index + 1 || recordEpoch(bytes, at) < previous.epoch) return 'order';
  const seqStep = bytes[at + KIND] === RecordKind.Message ? 1 : 0;
  if (recordSeq(bytes, at) !== previous.seq + seqStep) return 'order';
  return continueChain(previous.chain, recordCrc(bytes, at)) === recordChain(bytes, at) ? null : 'chain';
}

/** Reads the record at byte `at`. It must be whole: check it first. */
export function decodeRecord(bytes: Buffer, at: number): LogRecord {
  const length = recordLength(bytes, at);
  const keyLength = bytes.readUInt16LE(at + KEY_LENGTH);
  const keyEnd = at + RECORD_HEADER_BYTES + keyLength;
  return {
    kind: bytes[at + KIND] as RecordKind,
    epoch: recordEpoch(bytes, at),
    index: recordIndex(bytes, at),
    seq: recordSeq(bytes, at),
    timestampMs: readU64(bytes, at + TIMESTAMP),
    key: keyLength === 0 ? null : bytes.toString('latin1', at + RECORD_HEADER_BYTES, keyEnd),
    payload: bytes.subarray(keyEnd, at + length),
    chain: recordChain(bytes, at),
    length,
  };
}

/** Reads the records of a block of whole records, in order. */
export function* eachRecord(bytes: Buffer): Generator<LogRecord> {
  for (let at = 0; at < bytes.length;) {
    const record = decodeRecord(bytes, at);
    yield record;
    at += record.length;
  }
}

/** Bytes of the record at byte `at`. This and the readers below need a whole record there; they check nothing. */
export function recordLength(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + LENGTH);
}

export function recordIndex(bytes: Buffer, at: number): number {
  return readU64(bytes, at + INDEX);
}

export function recordSeq(bytes: Buffer, at: number): number {
  return readU64(bytes, at + SEQ);
}

export function recordEpoch(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + EPOCH);
}

export function recordKind(bytes: Buffer, at: number): RecordKind {
  return bytes[at + KIND] as RecordKind;
}

export function recordTimestampMs(bytes: Buffer, at: number): number {
  return readU64(bytes, at + TIMESTAMP);
}

/** Length of the idempotency key, in characters; 0 without a key. */
export function recordKeyLength(bytes: Buffer, at: number): number {
  return bytes.readUInt16LE(at + KEY_LENGTH);
}

export function recordChain(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + CHAIN);
}

export function recordCrc(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + CRC);
}

/** The position after the record at `at`. */
export function recordPosition(bytes: Buffer, at: number): LogPosition {
  return {
    index: recordIndex(bytes, at),
    epoch: recordEpoch(bytes, at),
    chain: recordChain(bytes, at),
    seq: recordSeq(bytes, at),
  };
}

/** Node-local: bytes from the start of the write that made the record at `at` durable, up to this record. */
export function recordBatchOffset(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + BATCH);
}

/** Sets it. The crc does not cover this field, so the checksums stay valid. */
export function setRecordBatchOffset(bytes: Buffer, at: number, offset: number): void {
  bytes.writeUInt32LE(offset, at + BATCH);
}

/**
 * The chain after a record with checksum `crc`: CRC-32 of the four bytes of `crc`, continued from `chain`, the one before.
 * Once two chains differ, equal records after that keep them different.
 */
export function continueChain(chain: number, crc: number): number {
  return continueCrc32(chain, crc);
}

/** Writes a whole number as u64, little-endian. */
export function writeU64(target: Buffer, value: number, at: number): void {
  target.writeUInt32LE(value % TWO_32, at);
  target.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

/** Reads a u64, little-endian. Exact up to 2⁵³. */
export function readU64(bytes: Buffer, at: number): number {
  const high = bytes.readUInt32LE(at + 4);
  // Nearly always 0. The number then stays an integer, which is faster.
  return high === 0 ? bytes.readUInt32LE(at) : bytes.readUInt32LE(at) + high * TWO_32;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
