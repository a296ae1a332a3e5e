import { ReplogError } from '@replog/contracts/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NESTING } from '@replog/http/requests/json-shape.js';
import { parseAppendBody } from './parse-append-body.js';

const LIMIT = 1024 * 1024;

function payloadOf(body: string): string {
  return parseAppendBody(Buffer.from(body), LIMIT).payload.toString();
}

function refusalOf(body: Buffer | string | undefined, maxMessageBytes = LIMIT): ReplogError {
  try {
    parseAppendBody(typeof body === 'string' ? Buffer.from(body) : body, maxMessageBytes);
  } catch (error) {
    if (error instanceof ReplogError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

/** Writes a value as JSON with the white space that `draw` gives before and after every token. */
function write(value: unknown, draw: () => string): string {
  const token = (text: string): string => draw() + text + draw();
  if (Array.isArray(value)) return token('[') + value.map((one) => write(one, draw)).join(',') + token(']');
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, one]) => `${token(JSON.stringify(key))}:${write(one, draw)}`);
    return token('{') + members.join(',') + token('}');
  }
  return token(JSON.stringify(value));
}

describe('parseAppendBody', () => {
  it('keeps the bytes of the message as they came', () => {
    for (const message of [
      '12345678901234567890.10',
      '1E+400',
      '-0.0',
      '"\\ud800"',
      '"\\u0061\\/"',
      '{"a":1,"a":2}',
      '{"__proto__":{"admin":true},"constructor":null}',
      '"é € 😀"',
      '""',
      'null',
      'false',
      '[ 1 ,\t2 ]',
      '{"message":"inner"}',
    ]) {
      expect(payloadOf(`{"message":${message}}`)).toBe(message);
      expect(payloadOf(` { "key" : "}" , "message" :  ${message}  } `)).toBe(message);
      expect(payloadOf(` { "message" :  ${message}  , "\\u006bey":null } `)).toBe(message);
    }
  });

  it('removes line breaks between tokens and nothing else', () => {
    expect(payloadOf('{"message":\r\n{\n  "a": "x\\ny",\r\n  "b": [1,\n2]\n}\n}')).toBe(
      '{  "a": "x\\ny",  "b": [1,2]}',
    );
  });

  it.each([
    '{"message":1,"message":2}',
    '{"message":1,"message":1}',
    '{"message":1,"\\u006dessage":2}',
    '{"message":1,"key":"a","key":"b"}',
    '{"key":null,"message":1,"key":"a"}',
  ])('refuses a member that is named twice, escaped or not: %s', (body) => {
    expect(refusalOf(body).code).toBe('INVALID_BODY');
    expect(refusalOf(body).message).toContain('named twice');
  });

  it.each([
    ['kye', '{"message":1,"kye":"a"}', / known are message, key\. Did you mean key\?$/],
    ['massage', '{"massage":1}', /Did you mean message\?$/],
    ['Message', '{"Message":1}', /Did you mean message\?$/],
    ['timeout', '{"message":1,"timeout":5}', /There is no member "timeout" here; known are message, key\.$/],
    ['"message', '{"\\"message":1,"message":2}', /There is no member "\\"message" here/],
    ['', '{"message":1,"":null}', /There is no member "" here/],
    ['__proto__', '{"message":1,"__proto__":{"key":"a"}}', /no member "__proto__"/],
    ['x'.repeat(60), `{"message":1,"${'x'.repeat(5_000)}":1}`, /^.{0,200}$/],
  ])('refuses the unknown member %j', (field, body, sentence) => {
    const refusal = refusalOf(body);
    expect([refusal.code, refusal.details.extra]).toEqual(['INVALID_BODY', { field }]);
    expect(refusal.message).toMatch(sentence);
  });

  it('says what to do if one object follows another, as curl -d sends a batch', () => {
    const hint = /with one object a line\. curl .* --data-binary/;
    expect(refusalOf('{"message":"}"}{"message":2}').message).toMatch(hint);
    expect(refusalOf('{"message":1}\n{"message":2}\n').message).toMatch(hint);
    for (const body of ['{"message":', '{"message":1}}', '{"message":1} x', '[{}]{}', '{"a"{', '{"a":"{}{}']) {
      expect(refusalOf(body).message).not.toMatch(hint);
    }
  });

  it('accepts a key beside the message', () => {
    const parse = (body: string): string | null => parseAppendBody(Buffer.from(body), LIMIT).key;
    expect(parse('{"message":1,"key":"order-1"}')).toBe('order-1');
    expect(parse('{"message":1,"key":null}')).toBeNull();
    expect(parse('{"message":{"key":"inner"}}')).toBeNull();
    expect(refusalOf('{"message":1,"key":5}').message).toContain('a number');
    expect(refusalOf('{"message":1,"key":"é"}').code).toBe('INVALID_IDEMPOTENCY_KEY');
  });

  it('has a sentence of its own for each fault', () => {
    const faults = [
      undefined,
      '',
      '{"message":',
      '\ufeff{"message":1}',
      '[1]',
      'null',
      '"message"',
      '{}',
      '{"key":"a"}',
    ];
    const refusals = [...faults.map((body) => refusalOf(body)), refusalOf(Buffer.from([0x7b, 0xff, 0x7d]))];
    expect(refusals.map((refusal) => refusal.code)).toEqual(refusals.map(() => 'INVALID_BODY'));
    expect(refusalOf('').message).toContain('missing');
    expect(refusalOf('{"message":').message).toContain('not JSON');
    expect(refusalOf('[1]').message).toContain('an array');
    expect(refusalOf('null').message).toContain('null');
    expect(refusalOf('{}').message).toContain('no member "message"');
    expect(refusalOf(Buffer.from([0x7b, 0xff, 0x7d])).message).toContain('UTF-8');
  });

  it('accepts a message of exactly the limit, refuses one byte more, and names both numbers', () => {
    const body = (bytes: number): Buffer => Buffer.from(`{"message":"${'x'.repeat(bytes - 2)}"}`);
    expect(parseAppendBody(body(LIMIT), LIMIT).payload).toHaveLength(LIMIT);
    const refusal = refusalOf(body(LIMIT + 1));
    expect(refusal.code).toBe('MESSAGE_TOO_LARGE');
    expect(refusal.details.extra).toEqual({ bytes: LIMIT + 1, maxBytes: LIMIT });
  });

  it('accepts deep nesting and refuses extreme nesting, without a crash', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(payloadOf(`{"message":${nested(200)}}`)).toBe(nested(200));
    expect(payloadOf(`{"message":${nested(MAX_NESTING)}}`)).toBe(nested(MAX_NESTING));
    expect(refusalOf(`{"message":${nested(MAX_NESTING + 1)}}`).message).toContain('501 levels');
    for (const levels of [100_000, 500_000]) {
      expect(refusalOf(`{"message":${nested(levels)}}`).message).toContain('more than 500 levels');
    }
    expect(refusalOf('{"message":' + '{"a":['.repeat(100_000)).code).toBe('INVALID_BODY');
  });

  it('stores a payload that parses to the sent value, for any formatting of the body', () => {
    const space = fc.infiniteStream(fc.constantFrom('', '', ' ', '\t', '\n', '\r\n', '  '));
    const key = fc.constantFrom({}, { key: null }, { key: 'a"}' });
    fc.assert(
      fc.property(fc.jsonValue(), key, key, space, (message, before, after, spaces) => {
        const draw = (): string => spaces.next().value ?? '';
        const { payload } = parseAppendBody(Buffer.from(write({ ...before, message, ...after }, draw)), LIMIT);
        expect(JSON.parse(payload.toString())).toEqual(JSON.parse(JSON.stringify(message)));
        expect(payload.includes('\n') || payload.includes('\r')).toBe(false);
      }),
    );
  });

  it('accepts or refuses random bytes, and never fails in another way', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          '\\',
          ':',
          ',',
          '"message"',
          '"message":1',
          '\\u0000',
          '\0',
          'null',
          '-',
        ),
        fc.string({ unit: 'binary' }),
      ),
    );
    const hostile = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      pieces.map((some) => Buffer.from(some.join(''))),
      pieces.map((some) => Buffer.from(`{"message":${some.join('')}}`)),
    );
    fc.assert(
      fc.property(hostile, (body) => {
        try {
          JSON.parse(parseAppendBody(body, LIMIT).payload.toString());
        } catch (error) {
          expect(error).toBeInstanceOf(ReplogError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
