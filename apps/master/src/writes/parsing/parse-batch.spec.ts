import { Readable } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBatchLength, parseBatch } from './parse-batch.js';
import { messagesOf } from '../../replication/drafts.js';
import type { Batch } from './batch.js';

const LIMITS = { maxMessageBytes: 1000, maxBatchBytes: 100_000 };

function streamOf(...chunks: (string | Buffer)[]): Readable {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
}

function parse(...chunks: (string | Buffer)[]): Promise<Batch> {
  return parseBatch(streamOf(...chunks), LIMITS);
}

async function refusalOf(batch: Promise<unknown>): Promise<ReplogError> {
  const error: unknown = await batch.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ReplogError) return error;
  throw new Error(`not refused as expected: ${String(error)}`);
}

const readable = ({ keyed, drafts }: Batch): unknown[] => {
  const drafted = [...messagesOf(drafts)].map(({ payload, key }) => [payload.toString(), key]);
  if (keyed === null) return drafted;
  expect(keyed.map(({ payload, key }) => [payload.toString(), key])).toEqual(drafted);
  return keyed.map(({ line, payload, key }) => [line, payload.toString(), key]);
};

describe('parseBatch', () => {
  it('takes one message per line, with or without a key, and skips blank lines and CRLF', async () => {
    const batch = await parse('{"message":1}\r\n\n  \r\n{"key":"k","message": {"a" : 1}}\n{"message":""}');
    expect(readable(batch)).toEqual([
      [1, '1', null],
      [4, '{"a" : 1}', 'k'],
      [5, '""', null],
    ]);
  });

  it('gives the same lines for any split into chunks', async () => {
    const body = Buffer.from('{"message":"é😀"}\n\n{"message":[1,2],"key":"a"}\r\n{"message":null}\n');
    const whole = readable(await parse(body));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), body.length];
        const chunks = at.slice(1).map((end, index) => body.subarray(at[index], end));
        expect(readable(await parse(...chunks))).toEqual(whole);
      }),
    );
  });

  it('keeps no separate lines if none has a key', async () => {
    const batch = await parse('{"message":1}\n\n{"message":"two"}\n', '{"message":[3]}');
    expect(readable(batch)).toEqual([
      ['1', null],
      ['"two"', null],
      ['[3]', null],
    ]);
    expect(batch.keyed).toBeNull();
    expect(batch.drafts).toMatchObject({ count: 3, bytes: 3 * 48 + 9 });
  });

  it('names the bad line and the reason', async () => {
    for (const [line, reason] of [
      ['{"message":}', 'not JSON'],
      ['{"massage":1}', 'no member "message"'],
      ['7', 'a number'],
      ['\0', 'not JSON'],
      [`{"message":"${'x'.repeat(1000)}"}`, '1002 bytes'],
      ['{"message":1,"key":""}', 'key is empty'],
      ['{"message":1,"key":[]}', 'an array'],
    ] as const) {
      const refusal = await refusalOf(parse(`{"message":1}\n\n${line}\n{"message":2}\n`));
      expect(refusal.code).toBe('INVALID_LINE');
      expect(refusal.details.extra).toEqual({ line: 3 });
      expect(refusal.message).toContain('Line 3');
      expect(refusal.message).toContain(reason);
    }
  });

  it('accepts a repeated key with the same message, and refuses it with another message', async () => {
    const same = await parse('{"message":{"a":1,"b":2},"key":"k"}\n{"key":"k","message":{"b":2,"a":1}}');
    expect(same.keyed).toHaveLength(2);
    const refusal = await refusalOf(parse('{"message":1,"key":"k"}\n{"message":2,"key":"k"}'));
    expect(refusal.code).toBe('INVALID_LINE');
    expect(refusal.details.extra).toEqual({ line: 2 });
    expect(refusal.message).toContain('line 1');
  });

  it('refuses an empty batch', async () => {
    for (const body of ['', '\n', ' \r\n\r\n']) expect((await refusalOf(parse(body))).code).toBe('INVALID_BODY');
  });

  it('stops reading above the limit, and counts the size of the messages in the log', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given++;
        yield Buffer.from('{"message":"some message of a few bytes, to fill the batch"}\n'.repeat(10));
        await Promise.resolve();
      }
    }
    const refusal = await refusalOf(parseBatch(endless(), LIMITS));
    expect(refusal.code).toBe('BATCH_TOO_LARGE');
    expect(refusal.details.extra).toEqual({ maxBytes: 100_000 });
    expect(given).toBeLessThan(200);

    const small = await refusalOf(parse('{"message":1}\n'.repeat(5000)));
    expect(small.code).toBe('BATCH_TOO_LARGE');
  });

  it('refuses by Content-Length before it reads anything', () => {
    checkBatchLength(undefined, 100);
    checkBatchLength('100', 100);
    expect(() => checkBatchLength('101', 100)).toThrow('100 bytes');
  });

  it('reads to the end after a bad line and leaves the stream open, so that the client gets its answer', async () => {
    const stream = streamOf('nonsense\n', '{"message":1}\n');
    await refusalOf(parseBatch(stream, LIMITS));
    expect(stream.readableEnded).toBe(true);

    const large = new Readable({ read: () => undefined });
    large.push(Buffer.alloc(200_000, 0x20));
    expect((await refusalOf(parseBatch(large, LIMITS))).code).toBe('BATCH_TOO_LARGE');
    expect(large.destroyed).toBe(false);
    large.destroy();
  });

  it('passes on an error of the stream, such as a lost connection', async () => {
    const stream = new Readable({ read: () => undefined });
    const batch = parseBatch(stream, LIMITS);
    stream.destroy(new Error('aborted'));
    await expect(batch).rejects.toThrow('aborted');
  });
});
