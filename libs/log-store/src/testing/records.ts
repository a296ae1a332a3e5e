/** Blocks of records for tests. Each payload says which record it is, so that a wrong one is recognised. */
import type { LogPosition, RecordDraft } from '@replog/contracts/record.js';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';

export interface MessageOptions {
  readonly epoch?: number;
  /** Key of message `number` of the block; `null` for none. */
  readonly key?: (number: number) => string | null;
  readonly payloadBytes?: number;
}

/** `count` messages that follow `previous`, in one block. */
export function messagesAfter(previous: LogPosition, count: number, options: MessageOptions = {}): Buffer {
  const drafts = Array.from({ length: count }, (_, place): RecordDraft => {
    const text = `message ${previous.seq + place + 1} `;
    return {
      kind: RecordKind.Message,
      epoch: options.epoch ?? Math.max(1, previous.epoch),
      timestampMs: 1_700_000_000_000 + previous.index + place,
      key: options.key?.(place) ?? null,
      payload: Buffer.from(JSON.stringify(text.padEnd((options.payloadBytes ?? 0) - 2, '.'))),
    };
  });
  return encodeRecords(drafts, previous).bytes;
}

/** One record of another kind. */
export function recordAfter(previous: LogPosition, kind: RecordKind, payload: string, epoch?: number): Buffer {
  const draft = { kind, epoch: epoch ?? Math.max(1, previous.epoch), timestampMs: 1_700_000_000_000, key: null };
  return encodeRecords([{ ...draft, payload: Buffer.from(payload) }], previous).bytes;
}
