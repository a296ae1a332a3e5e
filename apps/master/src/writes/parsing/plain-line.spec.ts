import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAppendBody } from './parse-append-body.js';
import { PlainLine } from './plain-line.js';

const MAX_BYTES = 1_000_000;

/** The message that `PlainLine` finds in the first line of a text; `null` if it leaves the line to the full parser. */
function found(text: Buffer): string | null {
  const line = new PlainLine(text);
  return line.find(0) ? text.toString('utf8', line.start, line.end) : null;
}

/** The message that the full parser finds in the first line; `null` if it refuses the line, or the line has a key. */
function parsed(text: Buffer): string | null {
  const feed = text.indexOf('\n');
  try {
    const { payload, key } = parseAppendBody(feed === -1 ? text : text.subarray(0, feed), MAX_BYTES);
    return key === null ? payload.toString() : null;
  } catch {
    return null;
  }
}

const json = fc.oneof(
  fc.json({ maxDepth: 5, stringUnit: 'binary' }),
  fc.constantFrom(
    '""',
    '"\\ud83d\\uDE00 \\/\\b\\\\"',
    '-0',
    '1e5',
    '-1.50E+3',
    '0.0',
    '[]',
    '{}',
    '[[],{"":[{}]},null]',
  ),
);
const blanks = fc.constantFrom('', ' ', '\t ');

describe('a plain line', () => {
  it('finds any message in a line without other members, and the end of the line', () => {
    fc.assert(
      fc.property(json, fc.array(blanks, { minLength: 6, maxLength: 6 }), fc.boolean(), (value, gaps, hasReturn) => {
        const [a, b, c, d, e, f] = gaps;
        const line = `${a}{${b}"message"${c}:${d}${value}${e}}${f}${hasReturn ? '\r' : ''}`;
        const text = Buffer.from(`${line}\nrest`);
        const plain = new PlainLine(text);
        expect(plain.find(0)).toBe(true);
        expect(text.toString('utf8', plain.start, plain.end)).toBe(value);
        expect(text.toString('utf8', plain.next)).toBe('rest');
        expect(found(Buffer.from(line))).toBe(value);
      }),
    );
  });

  it('never accepts a corrupted line that the full parser refuses or reads differently', () => {
    const noise = fc.constantFrom(
      ...'{}[]",:\\u0e+-.1tn \t\r\n\0é',
      '01',
      '1.',
      '.5',
      '1e',
      'tru',
      '\\x',
      '"a":',
      '\ufeff',
    );
    const spoilt = fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.oneof(noise, fc.constant('')) });
    fc.assert(
      fc.property(json, blanks, fc.array(spoilt, { maxLength: 3 }), (value, gap, changes) => {
        let line = `{${gap}"message":${value}${gap}}`;
        for (const { at, cut, put } of changes) {
          const place = at % (line.length + 1);
          line = line.slice(0, place) + put + line.slice(place + cut);
        }
        const text = Buffer.from(line);
        const plain = found(text);
        if (plain !== null) expect(plain).toBe(parsed(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('never accepts UTF-8 bytes that the full parser refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const text = Buffer.concat([Buffer.from('{"message":'), bytes, Buffer.from('}')]);
        const plain = isUtf8(text) ? found(text) : null;
        if (plain !== null) expect(plain).toBe(parsed(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('leaves unusual lines to the full parser', () => {
    const nested = (levels: number): string => `{"message":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    for (const line of [
      '',
      '\r',
      '{}',
      '{"message":1,"key":"k"}',
      '{"key":"k","message":1}',
      '{"message":1,"message":2}',
      '{"m\\u0065ssage":1}',
      '{"message":[1,\r2]}',
      '\ufeff{"message":1}',
      '{"message":1} x',
      nested(501),
    ]) {
      expect(found(Buffer.from(line))).toBeNull();
    }
    expect(found(Buffer.from(nested(500)))).toHaveLength(1_000);
  });
});
