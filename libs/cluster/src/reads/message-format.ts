/**
 * Messages as clients see them, written straight from record bytes into one buffer per block. The payload is already
 * JSON and is sent as it was stored; it is never parsed or serialised again.
 */
import { toProblem } from '@replog/contracts/errors.js';
import type { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import { PLACE_SEPARATOR, placeText } from '@replog/contracts/place.js';
import type { Place } from '@replog/contracts/place.js';
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

/** The text around messages in a format. */
interface Framing {
  /** Before the first message and after the last. */
  readonly open: string;
  readonly close: string;
  /** Between two messages. */
  readonly separator: string;
  before(seq: number, epoch: number): string;
  readonly after: string;
}

export const FRAMINGS: Readonly<Record<ReadFormat, Framing>> = {
  [MEDIA.json]: { open: '{"data":[', close: ']}', separator: ',', before: () => '', after: '' },
  [MEDIA.ndjson]: { open: '', close: '', separator: '', before: () => '', after: '\n' },
  [MEDIA.eventStream]: {
    open: '',
    close: '',
    separator: '',
    before: (seq, epoch) => `id: ${seq}${PLACE_SEPARATOR}${epoch}\nevent: message\ndata: `,
    after: '\n\n',
  },
};

/** Which messages of a block are included. */
export interface MessageRange {
  /** Only messages with a higher seq. */
  readonly afterSeq: number;
  /** At most this many messages. */
  readonly limit: number;
}

export interface FormattedMessages {
  readonly text: Buffer;
  /** Number of messages in the text. */
  readonly count: number;
  /** The last message in the text; `null` without any. */
  readonly last: Place | null;
}

/** Upper bound for the head and the text around a message, without its key, beyond the length of a record header. */
const HEAD_ROOM_BYTES = 160;

/**
 * The messages of a block as one text. `isFirst`: no message of this answer was sent before. It is written in one pass
 * without an object per message, because that would cost more than everything done with the messages later.
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
  /** The text between the previous message and this one; it is written together with the head. */
  let between = isFirst ? '' : separator;
  let count = 0;
  let lastAt = 0;
  let to = 0;
  for (let at = 0; at < block.length && count < limit; at += recordLength(block, at)) {
    const seq = recordSeq(block, at);
    if (seq <= afterSeq || recordKind(block, at) !== RecordKind.Message) continue;
    const keyLength = recordKeyLength(block, at);
    const payloadAt = at + RECORD_HEADER_BYTES + keyLength;
    const epoch = recordEpoch(block, at);
    const middle = middleOf(epoch, recordTimestampMs(block, at));
    const key = keyLength === 0 ? 'null' : keyText(block.toString('latin1', at + RECORD_HEADER_BYTES, payloadAt));
    to += target.write(`${between}${before(seq, epoch)}{"seq":${seq}${middle}${key},"message":`, to, 'latin1');
    to += block.copy(target, to, payloadAt, at + recordLength(block, at));
    between = end + separator;
    count += 1;
    lastAt = at;
  }
  if (count > 0) to += target.write(end, to, 'latin1');
  const last = count === 0 ? null : { seq: recordSeq(block, lastAt), epoch: recordEpoch(block, lastAt) };
  return { text: target.subarray(0, to), count, last };
}

/**
 * The last event of a live tail whose log was cut. Its id is the last place that both histories share: an EventSource,
 * which connects again by itself, goes on from there.
 */
export function formatHistoryChanged(error: ReplogError): Buffer {
  const shared = error.details.extra?.['shared'] as Place;
  return Buffer.from(`id: ${placeText(shared)}\nevent: history-changed\ndata: ${JSON.stringify(toProblem(error))}\n\n`);
}

/** One message without the text around it. */
export function formatMessage({ seq, epoch, timestampMs, key, payload }: LogRecord): Buffer {
  const middle = middleWriter()(epoch, timestampMs);
  const head = `{"seq":${seq}${middle}${key === null ? 'null' : keyText(key)},"message":`;
  return Buffer.concat([Buffer.from(head, 'latin1'), payload, Buffer.from('}')]);
}

/** The most bytes that the messages of a block take in any format. Escapes at most double the length of a key. */
function roomFor(block: Buffer): number {
  let bytes = block.length;
  for (let at = 0; at < block.length; at += recordLength(block, at)) {
    bytes += HEAD_ROOM_BYTES + recordKeyLength(block, at);
  }
  return bytes;
}

/** The whole head is ASCII, including the key. */
const keyText = (key: string): string => JSON.stringify(key);

/** Messages of one batch share their millisecond, and formatting a time costs more than the rest of a head. */
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
