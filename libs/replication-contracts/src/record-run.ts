/**
 * Checks consecutive records, each as `findRecordFault` does. Every record that a node receives or reads from a file is
 * checked here, so the loop makes no object per record and looks for the name of a fault only where there is one.
 */
import { continueCrc32, crc32 } from './crc32.js';
import { RECORD_HEADER_BYTES } from './limits.js';
import { CHAIN, COVERED, CRC, EPOCH, INDEX, KEY_LENGTH, KIND, LENGTH, SEQ, TWO_32, VERSION } from './record-layout.js';
import { RECORD_VERSION, RecordKind, findRecordFault, recordLength, recordPosition } from './record.js';
import type { LogPosition, RecordFault } from './record.js';

/** `Before`: `null` if the position before the run may be unknown. */
export interface RecordRun<Before> {
  /** Byte after the last good record. */
  readonly end: number;
  /** The position after that record; the `previous` of the caller if there is no good record. */
  readonly last: LogPosition | Before;
  /** Why the bytes at `end` are not the next record; `null` if the run ended at a bound. */
  readonly fault: RecordFault | null;
}

export interface RunBounds {
  /** The last index to check. */
  readonly upTo?: number;
  /** Most bytes to check; at least one record is checked anyway. */
  readonly maxBytes?: number;
}

/**
 * Checks the records from byte `at` to before byte `end`, up to a bound or to the first record that is damaged or does not
 * follow. With `previous` `null` the first record is checked without the record before it. Never throws.
 */
export function checkRecords<Before extends LogPosition | null>(
  bytes: Buffer,
  at: number,
  end: number,
  previous: Before,
  bounds: RunBounds = {},
): RecordRun<Before> {
  if (previous !== null) return checkRun(bytes, { at, from: at, end }, previous, bounds);
  const fault = findRecordFault(bytes, at, end, null);
  if (fault !== null) return { end: at, last: previous, fault };
  return checkRun(bytes, { at, from: at + recordLength(bytes, at), end }, recordPosition(bytes, at), bounds);
}

interface RunPlace {
  /** `at`: byte where the run begins. `from`: byte of the first record that is not checked yet. */
  readonly at: number;
  readonly from: number;
  readonly end: number;
}

function checkRun(
  bytes: Buffer,
  { at, from, end }: RunPlace,
  previous: LogPosition,
  { upTo = Infinity, maxBytes = Infinity }: RunBounds,
): RecordRun<never> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const room = at + maxBytes;
  let { index, epoch, chain, seq } = previous;
  let next = from;
  while (next < end && index < upTo) {
    const length = lengthAt(view, next);
    if (next > at && next + length > room) break;
    const seqThere = seq + (length > 0 && view.getUint8(next + KIND) === (RecordKind.Message as number) ? 1 : 0);
    const isWhole = length > 0 && isInOrder(view, next, epoch, index + 1, seqThere);
    const crc = isWhole ? crc32(bytes, next + COVERED, next + length) : 0;
    const chainThere = continueCrc32(chain, crc);
    if (!isWhole || crc !== view.getUint32(next + CRC, true) || chainThere !== view.getUint32(next + CHAIN, true)) {
      const last = { index, epoch, chain, seq };
      return { end: next, last, fault: findRecordFault(bytes, next, end, last) };
    }
    index += 1;
    epoch = view.getUint32(next + EPOCH, true);
    chain = chainThere;
    seq = seqThere;
    next += length;
  }
  return { end: next, last: { index, epoch, chain, seq }, fault: null };
}

/** Length of the record at `at`; 0 where no whole record fits. */
function lengthAt(view: DataView, at: number): number {
  const room = view.byteLength - at;
  if (room < RECORD_HEADER_BYTES) return 0;
  const length = view.getUint32(at + LENGTH, true);
  return length <= room && length >= RECORD_HEADER_BYTES + view.getUint16(at + KEY_LENGTH, true) ? length : 0;
}

function isInOrder(view: DataView, at: number, minEpoch: number, index: number, seq: number): boolean {
  return (
    view.getUint8(at + VERSION) === RECORD_VERSION &&
    view.getUint32(at + EPOCH, true) >= minEpoch &&
    isU64(view, at + INDEX, index) &&
    isU64(view, at + SEQ, seq)
  );
}

function isU64(view: DataView, at: number, value: number): boolean {
  return view.getUint32(at, true) === value % TWO_32 && view.getUint32(at + 4, true) === Math.floor(value / TWO_32);
}
