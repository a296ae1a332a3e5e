/**
 * Writing records, in two steps. A draft is all of a record that is known before it has its place in a log; it is written
 * where it will be sent and synced from, so that a payload is copied once. Sealing gives the drafts of a block their
 * places: numbers, time, checksums.
 */
import { crc32 } from './crc32.js';
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
import { RECORD_VERSION, RecordKind, continueChain } from './record.js';
import type { LogPosition, RecordDraft } from './record.js';

/** What the records of a block have in common. */
export interface BlockStamp {
  readonly epoch: number;
  readonly timestampMs: number;
}

/** Shorter payloads are copied byte by byte: a view to copy them with costs more. */
const VIEW_FROM_BYTES = 256;

export function encodedLength(keyLength: number, payloadLength: number): number {
  return RECORD_HEADER_BYTES + keyLength + payloadLength;
}

/**
 * Writes a draft into `target` at `at`, its payload being bytes `from` to `to` of `source`. Answers where it ends;
 * `target` must have that many bytes.
 */
export function writeDraft(
  target: Buffer,
  at: number,
  kind: RecordKind,
  key: string | null,
  source: Uint8Array,
  from = 0,
  to = source.length,
): number {
  const keyLength = key === null ? 0 : key.length;
  const payloadAt = at + RECORD_HEADER_BYTES + keyLength;
  const end = payloadAt + to - from;
  target.writeUInt32LE(end - at, at + LENGTH);
  target[at + KIND] = kind;
  target[at + VERSION] = RECORD_VERSION;
  target.writeUInt16LE(keyLength, at + KEY_LENGTH);
  if (key !== null) target.write(key, at + RECORD_HEADER_BYTES, 'latin1');
  if (to - from >= VIEW_FROM_BYTES) target.set(source.subarray(from, to), payloadAt);
  else for (let place = payloadAt, next = from; next < to;) target[place++] = source[next++] as number;
  return end;
}

/** Seals a block of drafts as they follow `previous`. Answers the position after them. */
export function sealDrafts(block: Buffer, { epoch, timestampMs }: BlockStamp, previous: LogPosition): LogPosition {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let { index, seq, chain } = previous;
  for (let at = 0; at < block.length;) {
    const end = at + view.getUint32(at + LENGTH, true);
    index += 1;
    if (block[at + KIND] === RecordKind.Message) seq += 1;
    view.setUint32(at + BATCH, 0, true);
    view.setUint32(at + EPOCH, epoch, true);
    setUint64(view, at + INDEX, index);
    setUint64(view, at + SEQ, seq);
    setUint64(view, at + TIMESTAMP, timestampMs);
    const crc = crc32(block, at + COVERED, end);
    chain = continueChain(chain, crc);
    view.setUint32(at + CRC, crc, true);
    view.setUint32(at + CHAIN, chain, true);
    at = end;
  }
  return { index, epoch, chain, seq };
}

/** Encodes records one after the other into one buffer, as they follow `previous`. */
export function encodeRecords(
  drafts: readonly RecordDraft[],
  previous: LogPosition,
): { bytes: Buffer; last: LogPosition } {
  let total = 0;
  for (const draft of drafts) total += encodedLength(draft.key?.length ?? 0, draft.payload.length);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  let last = previous;
  for (const draft of drafts) {
    const end = writeDraft(bytes, at, draft.kind, draft.key, draft.payload);
    last = sealDrafts(bytes.subarray(at, end), draft, last);
    at = end;
  }
  return { bytes, last };
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
}
