import { ReplogError } from '@replog/contracts/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchParser, checkBatchLength } from './parse-batch.js';
import { messagesOf } from '../../replication/drafts.js';
import type { Batch } from './batch.js';

const LIMITS = { maxMessageBytes: 1000, maxBatchBytes: 100_000 };

function parse(...chunks: (string | Buffer)[]): Batch {
  const parser = new BatchParser(LIMITS);
  for (const chunk of chunks) parser.push(Buffer.from(chunk));
  return parser.end();
}

function refusalOf(step: () => unknown): ReplogError {
  try {
    step();
  } catch (error) {
    if (error instanceof ReplogError) return error;
    throw error;
  }
  throw new Error('not refused as expected');
}

const readable = ({ keyed, drafts }: Batch): unknown[] => {
  const drafted = [...messagesOf(drafts)].map(({ payload, key }) => [payload.toString(), key]);
  if (keyed === null) return drafted;
  expect(keyed.map(({ payload, key }) => [payload.toString(), key])).toEqual(drafted);
  return keyed.map(({ line, payload, key }) => [line, payload.toString(), key]);
};

describe('a batch', () => {
  it('takes one message a line, with or without a key, blank lines and CRLF aside', () => {
    const batch = parse('{"message":1}\r\n\n  \r\n{"key":"k","message": {"a" : 1}}\n{"message":""}');
    expect(readable(batch)).toEqual([
      [1, '1', null],
      [4, '{"a" : 1}', 'k'],
      [5, '""', null],
    ]);
  });

  it('gives the same lines however the body is cut into chunks', () => {
    const body = Buffer.from('{"message":"é😀"}\n\n{"message":[1,2],"key":"a"}\r\n{"message":null}\n');
    const whole = readable(parse(body));
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), body.length];
        const chunks = at.slice(1).map((end, index) => body.subarray(at[index], end));
        expect(readable(parse(...chunks))).toEqual(whole);
      }),
    );
  });

  it('measures a line before it parses it, in pieces or whole, and gathers no more of it', () => {
    const parser = new BatchParser({ maxMessageBytes: 1000, maxBatchBytes: 1_000_000 });
    const piece = Buffer.alloc(10_000, '[');
    parser.push(Buffer.from('{"message":1}\n\n'));
    for (let sent = 0; sent < 90; sent++) parser.push(piece);
    expect(refusalOf(() => parser.end())).toMatchObject({ code: 'INVALID_LINE', details: { extra: { line: 3 } } });
    const whole = new BatchParser({ maxMessageBytes: 1000, maxBatchBytes: 1_000_000 });
    whole.push(Buffer.concat([Buffer.from('{"message":1,"x":'), Buffer.alloc(70_000, '['), Buffer.from('\n')]));
    expect(refusalOf(() => whole.end()).message).toMatch(
      /^Line 1: it has more than 66536 bytes, more than any message/,
    );
    expect(readable(parse(`{"message":1}${' '.repeat(60_000)}\n`))).toEqual([['1', null]]);
  });

  it('knows no line by itself where none has a key', () => {
    const batch = parse('{"message":1}\n\n{"message":"two"}\n', '{"message":[3]}');
    expect(readable(batch)).toEqual([
      ['1', null],
      ['"two"', null],
      ['[3]', null],
    ]);
    expect(batch.keyed).toBeNull();
    expect(batch.drafts).toMatchObject({ count: 3, bytes: 3 * 48 + 9 });
  });

  it('names the bad line and the reason', () => {
    for (const [line, reason] of [
      ['{"message":}', 'not JSON'],
      ['{}', 'no member "message"'],
      ['7', 'a number'],
      ['\0', 'not JSON'],
      [`{"message":"${'x'.repeat(1000)}"}`, '1002 bytes'],
      ['{"message":1,"key":""}', 'key is empty'],
      ['{"message":1,"key":[]}', 'an array'],
    ] as const) {
      const refusal = refusalOf(() => parse(`{"message":1}\n\n${line}\n{"message":2}\n`));
      expect(refusal.code).toBe('INVALID_LINE');
      expect(refusal.details.extra).toEqual({ line: 3 });
      expect(refusal.message).toContain('Line 3');
      expect(refusal.message).toContain(reason);
    }
  });

  it('names the unknown member of a line', () => {
    const refusal = refusalOf(() => parse('{"message":1}\n{"message":2,"kye":"a"}\n'));
    expect([refusal.code, refusal.details.extra]).toEqual(['INVALID_LINE', { field: 'kye', line: 2 }]);
    expect(refusal.message).toMatch(/^Line 2: There is no .* Did you mean key\? Nothing was appended\.$/);
  });

  it('tells a batch without its line feeds', () => {
    const refusal = refusalOf(() => parse('{"message":1}{"message":2}'));
    expect([refusal.code, refusal.details.extra]).toEqual(['INVALID_LINE', { line: 1 }]);
    expect(refusal.message).toMatch(/--data-binary @file\. Nothing was appended\.$/);
  });

  it('takes a repeated key with the same message, and refuses it with another', () => {
    const same = parse('{"message":{"a":1,"b":2},"key":"k"}\n{"key":"k","message":{"b":2,"a":1}}');
    expect(same.keyed).toHaveLength(2);
    const refusal = refusalOf(() => parse('{"message":1,"key":"k"}\n{"message":2,"key":"k"}'));
    expect(refusal.code).toBe('INVALID_LINE');
    expect(refusal.details.extra).toEqual({ line: 2 });
    expect(refusal.message).toContain('line 1');
  });

  it('refuses an empty batch', () => {
    for (const body of ['', '\n', ' \r\n\r\n']) expect(refusalOf(() => parse(body)).code).toBe('INVALID_BODY');
  });

  it('takes nothing above the limit, and counts what the messages take in the log', () => {
    const parser = new BatchParser(LIMITS);
    const chunk = Buffer.from('{"message":"some message of a few bytes, to fill the batch"}\n'.repeat(10));
    const refusal = refusalOf(() => {
      for (;;) parser.push(chunk);
    });
    expect(refusal.code).toBe('BATCH_TOO_LARGE');
    expect(refusal.details.extra).toEqual({ maxBytes: 100_000 });
    expect(refusalOf(() => parse('{"message":1}\n'.repeat(5000))).code).toBe('BATCH_TOO_LARGE');
  });

  it('refuses by the announced length before anything is read', () => {
    checkBatchLength(undefined, 100);
    checkBatchLength('100', 100);
    expect(() => checkBatchLength('101', 100)).toThrow('100 bytes');
  });

  it('takes the rest after a bad line, within the limit, so that the client can be answered', () => {
    const parser = new BatchParser(LIMITS);
    for (const chunk of ['nonsense\n', '{"message":1}\n']) parser.push(Buffer.from(chunk));
    expect(refusalOf(() => parser.push(Buffer.alloc(200_000, 0x20))).code).toBe('BATCH_TOO_LARGE');
    expect(refusalOf(() => parser.end()).code).toBe('INVALID_LINE');
  });
});
