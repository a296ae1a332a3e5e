/**
 * New messages as they will be written and sent: drafts of records, in order, in blocks of whole drafts. Their position in
 * the log is decided when they are appended.
 */
import { encodedLength, writeDraft } from '@replog/contracts/encode-records.js';
import { RecordKind, eachRecord } from '@replog/contracts/record.js';

export interface NewMessage {
  readonly key: string | null;
  readonly payload: Buffer;
}

export interface Drafts {
  readonly blocks: readonly Buffer[];
  /** Messages in all blocks. */
  readonly count: number;
  readonly bytes: number;
}

export function draftsOf(messages: readonly NewMessage[]): Drafts {
  const bytes = sizeOf(messages);
  const block = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const { key, payload } of messages) at = writeDraft(block, at, RecordKind.Message, key, payload);
  return { blocks: [block], count: messages.length, bytes };
}

/** A record of another kind than message, as its own block. */
export function draftOf(kind: RecordKind, payload: Buffer): Buffer {
  const block = Buffer.allocUnsafe(encodedLength(0, payload.length));
  writeDraft(block, 0, kind, null, payload);
  return block;
}

/** The messages in the blocks; their payloads are views, not copies. */
export function* messagesOf({ blocks }: Drafts): Generator<NewMessage> {
  for (const block of blocks) for (const { key, payload } of eachRecord(block)) yield { key, payload };
}

export function sizeOf(messages: readonly NewMessage[]): number {
  let bytes = 0;
  for (const { key, payload } of messages) bytes += encodedLength(key?.length ?? 0, payload.length);
  return bytes;
}
