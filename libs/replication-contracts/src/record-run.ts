/**
 * Checks records one after the other, each as `findRecordFault` does. Every record that a node receives or reads from
 * a file goes through here, so it makes no object a record, and asks for the name of a fault only where there is one.
 */
import { continueCrc32, crc32 } from './crc32.js';
import { RECORD_HEADER_BYTES } from './limits.js';
import { CHAIN, COVERED, CRC, EPOCH, INDEX, KEY_LENGTH, KIND, LENGTH, SEQ, TWO_32, VERSION } from './record-layout.js';
import { RECORD_VERSION, RecordKind, findRecordFault, recordLength, recordPosition } from './record.js';
import type { LogPosition, RecordFault } from './record.js';

/** `Before`: what the position before it was known as. */
export interface RecordRun<Before> {
  /** Where the last record that was checked ends. */
  readonly end: number;
  /** The position after it; what was given where there is none. */
  readonly last: LogPosition | Before;
  /** Why what stands at `end` is not the next record; `null` where no more were asked for. */
  readonly fault: RecordFault | null;
}

export interface RunBounds {
  /** No record beyond this index. */
  readonly upTo?: number;
  /** No more bytes than that, but one record at least. */
  readonly maxBytes?: number;
}

/**
 * From the record at `at` on to before `end`, a bound, or the first that is not as it was written or does not follow. With
 * `null` for what it follows, the first one is checked by itself.
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
  /** Where the run begins, and from where on records are still to be checked. */
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

/** 0 where no whole record can stand. */
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
