/** Records, frames and answers in the words of the protocol. */
import { ReplogError } from '@replog/contracts/errors.js';
import { FrameType } from '@replog/contracts/frames.js';
import { RecordKind, eachRecord } from '@replog/contracts/record.js';
import type { Frame } from '@replog/contracts/frames.js';
import type { EpochStart, Membership } from '@replog/contracts/payloads.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { Receipt } from '@replog/contracts/views.js';
import type { Incarnations } from './incarnations.js';

/** Beyond this a message's text is cut: what fills it up is no part of a story. */
const SHOWN_TEXT = 24;

export interface RecordFacts {
  readonly kind: RecordKind;
  readonly seq: number;
  readonly key: string | null;
  readonly text: string;
}

export function recordWords({ kind, seq, key, text }: RecordFacts, incarnations: Incarnations): string {
  if (kind === RecordKind.Message) return `message ${seq} ${shortened(text)}${key === null ? '' : `, key ${key}`}`;
  if (kind === RecordKind.EpochStart) {
    const { master, forcedWithout } = JSON.parse(text) as EpochStart;
    return `start of an epoch, master ${master}${forcedWithout === undefined ? '' : `, by force without ${forcedWithout.join(' ')}`}`;
  }
  const { members, pausedUntilMs } = JSON.parse(text) as Membership;
  const paused = pausedUntilMs === undefined ? '' : `, failover paused until ${new Date(pausedUntilMs).toISOString()}`;
  return `members ${members.map((member) => incarnations.nameOf(member)).join(' ')}${paused}`;
}

export function shortened(text: string): string {
  return text.length <= SHOWN_TEXT ? text : `${text.slice(0, SHOWN_TEXT - 12)}…" (${text.length} bytes)`;
}

export function frameWords(frame: Frame): string {
  switch (frame.type) {
    case FrameType.Hello:
      return `hello: holds to epoch ${frame.votedEpoch}, ${lastWords(frame.last)}`;
    case FrameType.Append: {
      const { previous, committed, epoch, records } = frame;
      const indexes = records.length === 0 ? 'nothing' : rangeOf(records);
      return `append ${indexes} after ${previous.index}, committed ${committed}, epoch ${epoch}`;
    }
    case FrameType.Ack:
      return `ack ${frame.index}, epoch ${frame.epoch}`;
    case FrameType.Reject:
      return `reject ${frame.code}: holds to epoch ${frame.votedEpoch}, ${lastWords(frame.last)}`;
    case FrameType.Probe:
      return `probe: your chain at ${frame.index}?`;
    case FrameType.Position:
      return `position ${frame.index}: ${frame.position === null ? 'no such record' : `epoch ${frame.position.epoch}`}`;
  }
}

export function rangeOf(records: Buffer): string {
  const indexes = [...eachRecord(records)].map(({ index }) => index);
  return indexes.length === 1 ? `${indexes[0]}` : `${indexes[0]}-${indexes.at(-1)}`;
}

export function lastWords({ index, epoch }: Pick<LogPosition, 'index' | 'epoch'>): string {
  return index === 0 ? 'an empty log' : `last record ${index} of epoch ${epoch}`;
}

/** `asked`: for the receipt of an earlier write, and not by a write itself. */
export function receiptWords(receipt: Receipt, asked = false): string {
  const { outcome, duplicate, seq, index, epoch, writeConcern, acks } = receipt;
  const status = outcome === 'pending' ? 202 : duplicate || asked ? 200 : 201;
  const { requested, secondaries } = writeConcern;
  const concern = String(secondaries) === requested ? `wc=${requested}` : `wc=${requested} (${secondaries} now)`;
  const on = acks.map(({ node }) => node).join(' ');
  return `${status} ${outcome}${duplicate ? ', duplicate' : ''}: message ${seq}, record ${index}, epoch ${epoch}; ${concern}; durable on ${on}`;
}

export function errorWords(error: unknown): string {
  if (error instanceof ReplogError) return inNames(`${error.status} ${error.code}: ${error.message}`);
  return inNames(error instanceof Error ? error.message : String(error));
}

/** Addresses say no more than the names of the nodes that live there. */
export function inNames(sentence: string): string {
  return sentence.replace(/http:\/\/(n\d+):8000/g, '$1');
}
