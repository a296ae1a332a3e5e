/**
 * Idempotency keys: 1 to 255 printable ASCII characters, no space at either end. The record header stores them as one
 * byte per character.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_KEY_LENGTH } from '@replog/contracts/limits.js';

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Takes every value of the header (`headerValues`): `request.headers` joins two values into one that looks valid. Returns
 * `null` without the header; throws ReplogError INVALID_IDEMPOTENCY_KEY.
 */
export function parseIdempotencyKey(values: string | readonly string[] | undefined): string | null {
  if (values === undefined) return null;
  const all = typeof values === 'string' ? [values] : values;
  const [key] = all;
  if (key === undefined) return null;
  if (all.length > 1) throw invalid(`The header Idempotency-Key was sent ${all.length} times; send it once.`);
  return checkKey(key);
}

/** Returns a valid key. Throws ReplogError INVALID_IDEMPOTENCY_KEY. */
export function checkKey(key: string): string {
  if (key.length === 0) throw invalid('The idempotency key is empty; leave it out or give 1 to 255 characters.');
  if (key.length > MAX_KEY_LENGTH) {
    throw invalid(`The idempotency key has ${key.length} characters; the limit is ${MAX_KEY_LENGTH}.`);
  }
  if (!KEY.test(key)) {
    throw invalid('The idempotency key may hold printable ASCII characters only, with no space at its ends.');
  }
  return key;
}

/** The key from the header or the body. Two different keys are refused. */
export function chooseKey(fromHeader: string | null, fromBody: string | null): string | null {
  if (fromHeader !== null && fromBody !== null && fromHeader !== fromBody) {
    throw invalid('The header Idempotency-Key and the member "key" of the body differ; send one of them.');
  }
  return fromHeader ?? fromBody;
}

/** Every value of a header, as sent. `rawHeaders` alternates names and values; `name` is lower case. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function invalid(sentence: string): ReplogError {
  return new ReplogError('INVALID_IDEMPOTENCY_KEY', sentence, { extra: { field: 'Idempotency-Key' } });
}
