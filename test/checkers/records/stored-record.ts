/** A record as the checkers remember it, and how it is read from the bytes of a segment or orphan file. */
import { decodeRecord, findRecordFault, recordPosition } from '@replog/contracts/record.js';
import type { LogPosition, RecordKind } from '@replog/contracts/record.js';

export interface StoredRecord {
  readonly index: number;
  readonly epoch: number;
  readonly seq: number;
  readonly chain: number;
  readonly timestampMs: number;
  readonly kind: RecordKind;
  readonly key: string | null;
  /** The payload of a message, as text; of another record, too. */
  readonly text: string;
  /** Where it begins in its file, and where it ends. */
  readonly at: number;
  readonly end: number;
}

/** Whole records from `at` on. With `previous`: only such as follow it. */
export function readRecords(bytes: Buffer, at: number, previous: LogPosition | null): StoredRecord[] {
  const records: StoredRecord[] = [];
  let from = at;
  let last = previous;
  while (from < bytes.length && findRecordFault(bytes, from, bytes.length, last) === null) {
    const { index, epoch, seq, chain, timestampMs, kind, key, payload, length } = decodeRecord(bytes, from);
    const end = from + length;
    records.push({ index, epoch, seq, chain, timestampMs, kind, key, text: payload.toString(), at: from, end });
    last = recordPosition(bytes, from);
    from = end;
  }
  return records;
}
