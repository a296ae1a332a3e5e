/**
 * Encodes records in two steps. A draft holds what is known before the record has a position in the log: kind, key and
 * payload. It is written into the buffer that is later sent and synced, so a payload is copied once. Sealing adds the
 * rest to the drafts of a block: numbers, time and checksums.
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

/** What all records of a block have in common. */
export interface BlockStamp {
  readonly epoch: number;
  /** Milliseconds since the Unix epoch, on the master. */
  readonly timestampMs: number;
}

/** Shorter payloads are copied byte by byte: making a view for the copy costs more. */
const VIEW_FROM_BYTES = 256;

/** Bytes of a record with a key and a payload of these lengths, in bytes. */
export function encodedLength(keyLength: number, payloadLength: number): number {
  return RECORD_HEADER_BYTES + keyLength + payloadLength;
}

/**
 * Writes a draft into `target` at byte `at`. The payload is the bytes `from` to before `to` of `source`. Returns the end of
 * the draft; `target` must have `encodedLength` bytes from `at` on.
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

/** Seals a block of drafts that follow `previous`. Returns the position after the last one. */
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

/** Encodes records into one buffer, as they follow `previous`. Returns the bytes and the position after the last record. */
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
