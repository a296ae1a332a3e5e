import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_TIMEOUT_MS } from '@replog/contracts/limits.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseKey, headerValues, parseIdempotencyKey } from './parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parse-write-concern.js';

function refusalOf(run: () => unknown): ReplogError {
  try {
    run();
  } catch (error) {
    if (error instanceof ReplogError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('parseIdempotencyKey', () => {
  it('accepts 1 to 255 printable ASCII characters', () => {
    expect(parseIdempotencyKey(undefined)).toBeNull();
    expect(parseIdempotencyKey([])).toBeNull();
    for (const key of ['a', 'order 17', '"~!{}\\', 'k'.repeat(255)]) {
      expect(parseIdempotencyKey(key)).toBe(key);
      expect(parseIdempotencyKey([key])).toBe(key);
    }
  });

  it('refuses everything else', () => {
    for (const key of ['', ' ', ' a', 'a ', 'k'.repeat(256), 'é', 'a\tb', 'a\nb', 'a\u007f', '\u0000']) {
      expect(refusalOf(() => parseIdempotencyKey(key)).code).toBe('INVALID_IDEMPOTENCY_KEY');
    }
  });

  it('refuses a header that was sent twice (Node joins the values)', () => {
    const sent = ['Host', 'x', 'Idempotency-Key', 'a', 'idempotency-key', 'b'];
    expect(headerValues(sent, 'idempotency-key')).toEqual(['a', 'b']);
    expect(refusalOf(() => parseIdempotencyKey(['a', 'b'])).message).toContain('2 times');
  });

  it('accepts the key from header or body, and refuses two different keys', () => {
    expect(chooseKey(null, null)).toBeNull();
    expect(chooseKey('a', null)).toBe('a');
    expect(chooseKey(null, 'b')).toBe('b');
    expect(chooseKey('a', 'a')).toBe('a');
    expect(refusalOf(() => chooseKey('a', 'b')).code).toBe('INVALID_IDEMPOTENCY_KEY');
  });
});

describe('parseWriteConcern', () => {
  it('accepts every number of secondaries up to the maximum, majority and all', () => {
    fc.assert(fc.property(fc.nat(64), (secondaries) => parseWriteConcern(String(secondaries), 64) === secondaries));
    expect(parseWriteConcern('majority', 64)).toBe('majority');
    expect(parseWriteConcern('all', 64)).toBe('all');
  });

  it('refuses everything else, naming the range', () => {
    const texts = ['', '-1', '1.5', '1.0', '+1', '01', '00', '0x1', '1e1', ' 1', '1 ', 'Majority', 'most', '65', '９'];
    for (const text of [...texts, '9'.repeat(400)]) {
      const refusal = refusalOf(() => parseWriteConcern(text, 64));
      expect(refusal.code).toBe('INVALID_WRITE_CONCERN');
      expect(refusal.message).toContain('0 to 64');
      expect(refusal.message.length).toBeLessThan(200);
    }
  });
});

describe('parseTimeout', () => {
  it('accepts whole milliseconds up to a day, and uses the default without a value', () => {
    expect(parseTimeout(undefined, 30_000)).toBe(30_000);
    expect(parseTimeout('0', 30_000)).toBe(0);
    expect(parseTimeout(String(MAX_TIMEOUT_MS), 30_000)).toBe(MAX_TIMEOUT_MS);
  });

  it('refuses everything else, naming the field', () => {
    for (const text of ['', '-1', '1.5', '1s', '1e3', String(MAX_TIMEOUT_MS + 1), ['1', '2']]) {
      const refusal = refusalOf(() => parseTimeout(text, 30_000));
      expect(refusal.code).toBe('INVALID_PARAMETER');
      expect(refusal.details.extra).toMatchObject({ field: 'timeout' });
    }
  });
});
