import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameMessage } from './same-message.js';

const same = (one: string, other: string): boolean => sameMessage(Buffer.from(one), Buffer.from(other));

describe('sameMessage', () => {
  it('ignores white space, key order and escapes', () => {
    expect(same('{"a":1,"b":[true,null]}', '{ "b": [true, null], "a": 1 }')).toBe(true);
    expect(same('"a/b"', '"\\u0061\\/b"')).toBe(true);
    expect(same('1.0', '1')).toBe(true);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        return same(JSON.stringify(value), JSON.stringify(reversed, null, 2));
      }),
    );
  });

  it('distinguishes different messages', () => {
    for (const [one, other] of [
      ['1', '2'],
      ['1', '"1"'],
      ['[1,2]', '[2,1]'],
      ['{}', '[]'],
      ['{}', '{"__proto__":{}}'],
      ['null', '{}'],
      ['{"a":null}', '{}'],
      ['"\\ud800"', '"\\ud801"'],
      ['9007199254740993', '9007199254740992'],
      ['1e400', '1e500'],
      ['{"id":12345678901234567890}', '{"id":12345678901234567891}'],
    ] as const) {
      expect(same(one, other)).toBe(false);
    }
  });

  it('compares a long string full of escapes and quotes that look like numbers', () => {
    const text = JSON.stringify('\\"12345678901234567890'.repeat(40_000));
    expect(same(text, ` ${text}`)).toBe(true);
  });
});
