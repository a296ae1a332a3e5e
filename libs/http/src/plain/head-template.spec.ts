import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HeadTemplate } from './head-template.js';
import type { HeadValues } from './head-template.js';
import { readPlainHead } from './plain-head.js';
import type { PlainHead } from './plain-head.js';

const head = (...lines: string[]): string => ['POST /messages/1 HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n');
const FIRST = head('Content-Length: 2', 'Idempotency-Key:  a-1', 'X-Request-Id: r', 'Accept: */*');

const plain = (text: string): PlainHead | null => readPlainHead(Buffer.from(text, 'latin1'));
const match = (first: string, next: string): HeadValues | null =>
  new HeadTemplate(plain(first) as PlainHead).match(Buffer.from(next, 'latin1'));

describe('the template of a head', () => {
  it('reads the values of its own head, and of heads that differ in nothing else', () => {
    expect(match(FIRST, `${FIRST}{}`)).toEqual({
      headBytes: FIRST.length,
      bodyBytes: 2,
      idempotencyKey: 'a-1',
      requestId: 'r',
    });
    const other = FIRST.replace(' 2', ' 1234567890').replace('a-1', '!, ~').replace(': r', ': another');
    expect(match(FIRST, `${other}{"message":1}`)).toEqual({
      headBytes: other.length,
      bodyBytes: 1_234_567_890,
      idempotencyKey: '!, ~',
      requestId: 'another',
    });
  });

  it('has no values if there are no headers for them', () => {
    const bare = head('content-length: 7');
    expect(match(bare, bare)).toEqual({ headBytes: bare.length, bodyBytes: 7, idempotencyKey: null, requestId: null });
  });

  it.each([
    ['another path', FIRST.replace('/1', '/2')],
    ['another header', FIRST.replace('*/*', 'text/*')],
    ['one header more', FIRST.replace('Accept', 'X: y\r\nAccept')],
    ['one header less', FIRST.replace('X-Request-Id: r\r\n', '')],
    ['another order', FIRST.replace('Content-Length: 2\r\n', '').replace('Accept', 'Content-Length: 2\r\nAccept')],
    ['no length', FIRST.replace(' 2', ' ')],
    ['a length that begins with 0', FIRST.replace(' 2', ' 02')],
    ['a length of eleven digits', FIRST.replace(' 2', ' 12345678901')],
    ['a length in two parts', FIRST.replace(' 2', ' 2, 2')],
    ['no key', FIRST.replace('a-1', '')],
    ['a key that begins with a space', FIRST.replace('a-1', ' a')],
    ['a key that ends with a space', FIRST.replace('a-1', 'a ')],
    ['a key beyond ASCII', FIRST.replace('a-1', 'é')],
    ['a key of 256 characters', FIRST.replace('a-1', 'k'.repeat(256))],
    ['an end that is missing', FIRST.slice(0, -1)],
    ['nothing', ''],
  ])('does not fit %s', (_, next) => {
    expect(match(FIRST, next)).toBeNull();
  });

  it('reads nothing in a different way than the full parser', () => {
    const value = fc.string({
      unit: fc.constantFrom('0', '1', '9', 'k', '-', ' ', '\t', ',', '\r\n', 'é', ':'),
      maxLength: 4,
    });
    const line = fc.oneof(
      value.map((length) => `Content-Length: ${length}`),
      value.map((key) => `idempotency-key:${key}`),
      value.map((id) => `X-Request-Id: ${id}`),
      fc.constant('X-Token: k'),
      fc.constant('Content-Length: 2'),
    );
    const heads = fc
      .tuple(fc.array(line, { maxLength: 3 }), fc.array(value, { minLength: 3, maxLength: 3 }))
      .map(([lines, [length = '', key = '', id = '']]) => {
        const first = head(...lines, 'Content-length: 5');
        const next = first
          .replace(/(?<=length: )[^\r]*/i, length)
          .replace(/(?<=key:)[^\r]*/, key)
          .replace(/(?<=id: )[^\r]*/i, id);
        return [first, next] as const;
      });
    let matched = 0;
    fc.assert(
      fc.property(heads, ([first, next]) => {
        const values = plain(first) === null ? null : match(first, next);
        if (values === null) return;
        matched += 1;
        const read = plain(next);
        expect(read?.bytes.length).toBe(values.headBytes);
        expect(read?.bodyBytes).toBe(values.bodyBytes);
        expect(read?.headers['idempotency-key'] ?? null).toBe(values.idempotencyKey);
        expect(read?.headers['x-request-id'] ?? null).toBe(values.requestId);
      }),
      { numRuns: 5_000 },
    );
    expect(matched).toBeGreaterThan(50);
  });
});
