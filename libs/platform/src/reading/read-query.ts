/** What a client may ask of a read, checked: pure, so that every refusal is tried without a server. */
import { MAX_READ_LIMIT, MEDIA, ReplogError } from '@replog/contracts';
import type { ReadConcern } from '@replog/contracts';
import { negotiate } from './read-format.js';

export const READ_FORMATS = [MEDIA.json, MEDIA.ndjson, MEDIA.eventStream] as const;
export type ReadFormat = (typeof READ_FORMATS)[number];

export const READ_CONCERNS: readonly ReadConcern[] = ['local', 'majority', 'linearizable'];

/** As they come from the wire: a parameter given twice is a list. */
export type RawValue = string | readonly string[] | undefined;

/** The query string. */
export type RawReadQuery = Readonly<Record<string, RawValue>>;

export interface RawReadHeaders {
  readonly accept?: string | undefined;
  readonly lastEventId?: RawValue;
}

const PARAMETERS: readonly string[] = ['after', 'limit', 'concern'];

export interface ReadQuery {
  readonly format: ReadFormat;
  /** Messages of a higher seq only. */
  readonly afterSeq: number;
  /** Most messages to give; `Infinity` without a limit. */
  readonly limit: number;
  readonly concern: ReadConcern;
}

/** Digits without sign, fraction, exponent or leading zero, and no more of them than a double holds. */
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,15})$/;

/** Throws ReplogError INVALID_PARAMETER with `field`, or NOT_ACCEPTABLE. */
export function parseReadQuery(raw: RawReadQuery, headers: RawReadHeaders = {}): ReadQuery {
  const format = negotiate(headers.accept, READ_FORMATS);
  refuseUnknownParameters(raw, PARAMETERS);
  const after = wholeNumber('after', raw['after'], 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const lastEventId = wholeNumber('Last-Event-ID', headers.lastEventId, 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber('limit', raw['limit'], 1, MAX_READ_LIMIT) ?? Infinity;
  const concern = parseConcern(raw['concern']);
  if (format !== MEDIA.eventStream) return { format, afterSeq: after, limit, concern };
  if (concern === 'linearizable') {
    throw invalid('concern', 'A live tail has no end to be linearizable up to: use majority, or read without a tail.');
  }
  return { format, afterSeq: lastEventId ?? after, limit, concern };
}

/** What is not known is refused: a misspelt `limit` would read the whole log, a misspelt `timeout` wait too long. */
export function refuseUnknownParameters(raw: RawReadQuery, known: readonly string[]): void {
  const unknown = Object.keys(raw).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalid(unknown, `There is no parameter ${quote(unknown)} here; known are ${known.join(', ')}.`);
}

/** The number of one message, from the path. */
export function parseSeq(text: string): number {
  return parsePlace('seq', text, 1);
}

/** A place in the log, by seq or index, that has to be given. Throws ReplogError INVALID_PARAMETER with `field`. */
export function parsePlace(field: string, raw: RawValue, min: number): number {
  const place = wholeNumber(field, raw, min, Number.MAX_SAFE_INTEGER);
  if (place === null) throw invalid(field, `${field} is missing.`);
  return place;
}

function parseConcern(raw: RawValue): ReadConcern {
  if (raw === undefined) return 'local';
  const concern = READ_CONCERNS.find((one) => one === raw);
  if (concern === undefined) {
    throw invalid('concern', `concern must be one of ${READ_CONCERNS.join(', ')}, not ${quote(raw)}.`);
  }
  return concern;
}

function wholeNumber(field: string, raw: RawValue, min: number, max: number): number | null {
  if (raw === undefined) return null;
  const value = typeof raw === 'string' && WHOLE_NUMBER.test(raw) ? Number(raw) : NaN;
  if (!(value >= min && value <= max)) {
    throw invalid(field, `${field} must be one whole number from ${min} to ${max}, not ${quote(raw)}.`);
  }
  return value;
}

function invalid(field: string, sentence: string): ReplogError {
  return new ReplogError('INVALID_PARAMETER', sentence, { extra: { field } });
}

function quote(raw: NonNullable<RawValue>): string {
  const text = JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
