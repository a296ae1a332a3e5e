/** Checks query parameters and numbers in paths. Pure, so that every refusal can be tested without a server. */
import { ReplogError } from '@replog/contracts/errors.js';
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
  return parsePlace('seq', text, 1);
}

/** A required place in the log, by seq or index. Throws ReplogError INVALID_PARAMETER with `field`. */
export function parsePlace(field: string, raw: RawValue, min: number): number {
  const place = wholeNumber(field, raw, min, Number.MAX_SAFE_INTEGER);
  if (place === null) throw invalidParameter(field, `${field} is missing.`);
  return place;
}

/** The parameter as a number; `null` if it is missing. Throws ReplogError INVALID_PARAMETER with `field`. */
export function wholeNumber(field: string, raw: RawValue, min: number, max: number): number | null {
  if (raw === undefined) return null;
  const value = typeof raw === 'string' && WHOLE_NUMBER.test(raw) ? Number(raw) : NaN;
  if (!(value >= min && value <= max)) {
    throw invalidParameter(field, `${field} must be one whole number from ${min} to ${max}, not ${quote(raw)}.`);
  }
  return value;
}

export function invalidParameter(field: string, sentence: string): ReplogError {
  return new ReplogError('INVALID_PARAMETER', sentence, { extra: { field } });
}
