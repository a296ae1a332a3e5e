/**
 * Messages as clients see them, written straight from record bytes into one buffer a block: the payload is JSON
 * already and goes out as it was stored, never parsed and never written anew.
 */
import { MEDIA } from '@replog/contracts/http.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import {
  RecordKind,
  recordEpoch,
  recordKeyLength,
  recordKind,
  recordLength,
  recordSeq,
  recordTimestampMs,
} from '@replog/contracts/record.js';
import type { LogRecord } from '@replog/contracts/record.js';
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

/** Which messages of a block are given out. */
export interface MessageRange {
  /** Messages of a higher seq only. */
  readonly afterSeq: number;
  /** At most so many. */
  readonly limit: number;
}

export interface FormattedMessages {
  readonly text: Buffer;
  /** How many messages are in it. */
  readonly count: number;
}

/** More than a head and all that stands around a message, but for its key, is long beyond the header of a record. */
const HEAD_ROOM_BYTES = 160;

/**
 * The messages among the records of a block, as one text. `isFirst`: no message of this answer went out before.
 * Written in one pass and without an object a message: that costs less than all that is done with them afterwards.
 */
export function formatMessages(
  block: Buffer,
  { afterSeq, limit }: MessageRange,
  format: ReadFormat,
  isFirst: boolean,
): FormattedMessages {
  const { separator, before, after } = FRAMINGS[format];
  const target = Buffer.allocUnsafeSlow(roomFor(block));
  const middleOf = middleWriter();
  const end = `}${after}`;
  /** What stands between the message before and this one: with its head it goes out in one write. */
  let between = isFirst ? '' : separator;
  let count = 0;
  let to = 0;
  for (let at = 0; at < block.length && count < limit; at += recordLength(block, at)) {
    const seq = recordSeq(block, at);
    if (seq <= afterSeq || recordKind(block, at) !== RecordKind.Message) continue;
    const keyLength = recordKeyLength(block, at);
    const payloadAt = at + RECORD_HEADER_BYTES + keyLength;
    const middle = middleOf(recordEpoch(block, at), recordTimestampMs(block, at));
    const key = keyLength === 0 ? 'null' : keyText(block.toString('latin1', at + RECORD_HEADER_BYTES, payloadAt));
    to += target.write(`${between}${before(seq)}{"seq":${seq}${middle}${key},"message":`, to, 'latin1');
    to += block.copy(target, to, payloadAt, at + recordLength(block, at));
    between = end + separator;
    count += 1;
  }
  if (count > 0) to += target.write(end, to, 'latin1');
  return { text: target.subarray(0, to), count };
}

/** One message, as itself. */
export function formatMessage({ seq, epoch, timestampMs, key, payload }: LogRecord): Buffer {
  const middle = middleWriter()(epoch, timestampMs);
  const head = `{"seq":${seq}${middle}${key === null ? 'null' : keyText(key)},"message":`;
  return Buffer.concat([Buffer.from(head, 'latin1'), payload, Buffer.from('}')]);
}

/** Bytes that the messages of a block take at most, whatever the format. Escapes make a key twice as long at most. */
function roomFor(block: Buffer): number {
  let bytes = block.length;
  for (let at = 0; at < block.length; at += recordLength(block, at)) {
    bytes += HEAD_ROOM_BYTES + recordKeyLength(block, at);
  }
  return bytes;
}

/** All of a head is ASCII, keys included. */
const keyText = (key: string): string => JSON.stringify(key);

/** Messages of one batch share their millisecond, and writing one out costs more than all the rest of a head. */
function middleWriter(): (epoch: number, timestampMs: number) => string {
  let last = { epoch: NaN, timestampMs: NaN, text: '' };
  return (epoch, timestampMs) => {
    if (timestampMs !== last.timestampMs || epoch !== last.epoch) {
      const timestamp = new Date(timestampMs).toISOString();
      last = { epoch, timestampMs, text: `,"epoch":${epoch},"timestamp":"${timestamp}","key":` };
    }
    return last.text;
  };
}
