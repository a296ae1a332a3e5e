/** Checks query parameters and numbers in paths. Pure, so that every refusal can be tested without a server. */
import { ReplogError } from '@replog/contracts/errors.js';
import { PLACE_SEPARATOR } from '@replog/contracts/place.js';
import type { AskedPlace } from '@replog/contracts/place.js';
import { MAX_EPOCH } from '@replog/contracts/limits.js';
import { quote } from './quote.js';
import { unknownName } from './unknown-name.js';

/** As they come from the network: a parameter given twice is a list. */
export type RawValue = string | readonly string[] | undefined;

/** The query string. */
export type RawReadQuery = Readonly<Record<string, RawValue>>;

/** Digits without sign, fraction, exponent or leading zero, and no more than a double holds exactly. */
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,15})$/;

/**
 * An unknown parameter is refused: a misspelt `limit` would read the whole log, a misspelt `timeout` would wait too
 * long.
 */
export function refuseUnknownParameters(raw: RawReadQuery, known: readonly string[]): void {
  const unknown = Object.keys(raw).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalidParameter(unknown, unknownName('parameter', unknown, known));
}

/** The number of one message, from the path. */
export function parseSeq(text: string): number {
  return requiredNumber('seq', text, 1);
}

/** The epoch of the message that a client means; `null` if it does not say. */
export function parseEpoch(raw: RawValue): number | null {
  return wholeNumber('epoch', raw, 1, MAX_EPOCH);
}

/** A place such as `42@3`, or a seq alone; `null` if it is missing. Throws ReplogError INVALID_PARAMETER with `field`. */
export function parsePlace(field: string, raw: RawValue): AskedPlace | null {
  if (raw === undefined) return null;
  const [seqText, epochText, ...more] = typeof raw === 'string' ? raw.split(PLACE_SEPARATOR) : [];
  const seq = numberOf(seqText, Number.MAX_SAFE_INTEGER);
  const epoch = epochText === undefined ? null : numberOf(epochText, MAX_EPOCH);
  if (Number.isNaN(seq) || Number.isNaN(epoch) || more.length > 0) {
    throw invalidParameter(
      field,
      `${field} must be one whole number from 0, or a place such as 42@3 (seq and epoch), not ${quote(raw)}.`,
    );
  }
  return { seq, epoch };
}

/** Throws ReplogError INVALID_PARAMETER with `field`, also if it is missing. */
export function requiredNumber(field: string, raw: RawValue, min: number): number {
  const value = wholeNumber(field, raw, min, Number.MAX_SAFE_INTEGER);
  if (value === null) throw invalidParameter(field, `${field} is missing.`);
  return value;
}

/** The parameter as a number; `null` if it is missing. Throws ReplogError INVALID_PARAMETER with `field`. */
export function wholeNumber(field: string, raw: RawValue, min: number, max: number): number | null {
  if (raw === undefined) return null;
  const value = numberOf(raw, max);
  if (!(value >= min)) {
    throw invalidParameter(field, `${field} must be one whole number from ${min} to ${max}, not ${quote(raw)}.`);
  }
  return value;
}

/** `NaN` if it is no whole number from 0 to `max`. */
function numberOf(raw: RawValue, max: number): number {
  const value = typeof raw === 'string' && WHOLE_NUMBER.test(raw) ? Number(raw) : NaN;
  return value <= max ? value : NaN;
}

export function invalidParameter(field: string, sentence: string): ReplogError {
  return new ReplogError('INVALID_PARAMETER', sentence, { extra: { field } });
}
