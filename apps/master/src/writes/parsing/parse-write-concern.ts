/** Parses write concern and timeout from path and query. */
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_TIMEOUT_MS } from '@replog/contracts/limits.js';
import type { WriteConcern } from '@replog/contracts/views.js';

/** Digits only: no sign, fraction, exponent or leading zero. */
const WHOLE_NUMBER = /^(?:0|[1-9]\d*)$/;

/** `0` … `maxSecondaries`, `majority` or `all`. Throws ReplogError INVALID_WRITE_CONCERN, naming the range. */
export function parseWriteConcern(text: string, maxSecondaries: number): WriteConcern {
  if (text === 'majority' || text === 'all') return text;
  const secondaries = wholeNumber(text);
  if (secondaries === null || secondaries > maxSecondaries) {
    const sentence = `The write concern must be 0 to ${maxSecondaries} (secondaries), majority or all, not ${quote(text)}.`;
    throw new ReplogError('INVALID_WRITE_CONCERN', sentence, { extra: { field: 'wc', max: maxSecondaries } });
  }
  return secondaries;
}

/** Milliseconds to wait for a concern. Throws ReplogError INVALID_PARAMETER of field `timeout`. */
export function parseTimeout(text: string | readonly string[] | undefined, defaultMs: number): number {
  if (text === undefined) return defaultMs;
  const timeoutMs = typeof text === 'string' ? wholeNumber(text) : null;
  if (timeoutMs === null || timeoutMs > MAX_TIMEOUT_MS) {
    const given = typeof text === 'string' ? quote(text) : `${text.length} values`;
    const sentence = `timeout must be whole milliseconds from 0 to ${MAX_TIMEOUT_MS}, not ${given}.`;
    throw new ReplogError('INVALID_PARAMETER', sentence, { extra: { field: 'timeout', max: MAX_TIMEOUT_MS } });
  }
  return timeoutMs;
}

function wholeNumber(text: string): number | null {
  return WHOLE_NUMBER.test(text) ? Number(text) : null;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
