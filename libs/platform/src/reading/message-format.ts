/**
 * Messages as clients see them, written straight from record bytes into one buffer a block: the payload is JSON
 * already and goes out as it was stored, never parsed and never written anew.
 */
import { eachRecord, MEDIA, RecordKind } from '@replog/contracts';
import type { LogRecord } from '@replog/contracts';
import type { ReadFormat } from './read-query.js';

/** What stands around messages in a format. */
interface Framing {
  /** Before the first message and after the last. */
  readonly open: string;
  readonly close: string;
  /** Between two messages. */
  readonly separator: string;
  before(seq: number): string;
  readonly after: string;
}

export const FRAMINGS: Readonly<Record<ReadFormat, Framing>> = {
  [MEDIA.json]: { open: '{"data":[', close: ']}', separator: ',', before: () => '', after: '' },
  [MEDIA.ndjson]: { open: '', close: '', separator: '', before: () => '', after: '\n' },
  [MEDIA.eventStream]: {
    open: '',
    close: '',
    separator: '',
    before: (seq) => `id: ${seq}\nevent: message\ndata: `,
    after: '\n\n',
  },
};

/** The messages among the records of a block with a seq above `afterSeq`, at most `limit`. */
export function messagesOf(block: Buffer, afterSeq: number, limit: number): LogRecord[] {
  const messages: LogRecord[] = [];
  for (const record of eachRecord(block)) {
    if (messages.length >= limit) break;
    if (record.kind === RecordKind.Message && record.seq > afterSeq) messages.push(record);
  }
  return messages;
}

/** `isFirst`: no message of this answer went out before. */
export function formatMessages(messages: readonly LogRecord[], format: ReadFormat, isFirst: boolean): Buffer {
  const framing = FRAMINGS[format];
  const heads: string[] = [];
  const timestampOf = timestampWriter();
  let total = 0;
  for (const message of messages) {
    const separator = isFirst && heads.length === 0 ? '' : framing.separator;
    const head = separator + framing.before(message.seq) + headOf(message, timestampOf(message.timestampMs));
    heads.push(head);
    total += head.length + message.payload.length + 1 + framing.after.length;
  }
  const target = Buffer.allocUnsafe(total);
  const tail = `}${framing.after}`;
  let at = 0;
  messages.forEach((message, place) => {
    at += target.write(heads[place] as string, at, 'latin1');
    at += message.payload.copy(target, at);
    at += target.write(tail, at, 'latin1');
  });
  return target;
}

/** One message, as itself. */
export function formatMessage(message: LogRecord): Buffer {
  return formatMessages([message], MEDIA.json, true);
}

/** All of it is ASCII, keys included. */
function headOf({ seq, epoch, key }: LogRecord, timestamp: string): string {
  const keyJson = key === null ? 'null' : JSON.stringify(key);
  return `{"seq":${seq},"epoch":${epoch},"timestamp":"${timestamp}","key":${keyJson},"message":`;
}

/** Messages of one batch share their millisecond, and writing one out costs more than all the rest of a head. */
function timestampWriter(): (timestampMs: number) => string {
  let lastMs = NaN;
  let text = '';
  return (timestampMs) => {
    if (timestampMs !== lastMs) {
      lastMs = timestampMs;
      text = new Date(timestampMs).toISOString();
    }
    return text;
  };
}
