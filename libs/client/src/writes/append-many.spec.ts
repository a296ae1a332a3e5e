/** Batches by bytes and by time, and a source that is held back, on a virtual clock. */
import { describe, expect, it } from 'vitest';
import { errors } from '../index.js';
import { Log } from '../log.js';
import { answer, FakeNodes, receipt, refusal } from '../testing/fake-nodes.js';
import type { Asked, Reaction } from '../testing/fake-nodes.js';

interface Line {
  readonly key: string;
  readonly message: unknown;
}

const linesIn = ({ body }: Asked): Line[] => body.split('\n').map((line) => JSON.parse(line) as Line);

function logOver(react: (asked: Asked, number: number) => Reaction = () => stored()): [Log, FakeNodes] {
  const nodes: FakeNodes = new FakeNodes((asked) => react(asked, nodes.asked.length));
  return [new Log({ nodes: ['http://a:1'], key: 'k' }, nodes), nodes];
}

const stored = (given: object = {}): Response => answer(receipt({ lastSeq: 7, count: 1, appended: 1, ...given }), 201);

const messagesIn = (nodes: FakeNodes): unknown[][] =>
  nodes.asked.map((asked) => linesIn(asked).map(({ message }) => message));

describe('appendMany', () => {
  it('sends a batch before it is too large, and a message that is too large by itself alone', async () => {
    const [log, nodes] = logOver();
    const long = 'x'.repeat(200);
    await nodes.until(log.appendMany(['a', 'b', long, 'c', 'd'], { maxBytes: 140 }));
    expect(messagesIn(nodes)).toEqual([['a', 'b'], [long], ['c', 'd']]);
    expect(nodes.asked[0]).toMatchObject({ path: '/messages?timeout=5000', method: 'POST' });
  });

  it('sends what a slow source has given after a moment', async () => {
    const [log, nodes] = logOver();
    async function* slow(): AsyncGenerator<number> {
      for (const pauseMs of [0, 1, 1, 100, 1]) {
        await new Promise<void>((resolve) => nodes.after(pauseMs, resolve));
        yield pauseMs;
      }
    }
    const done = await nodes.until(log.appendMany(slow(), { maxWait: 5 }));
    expect(messagesIn(nodes)).toEqual([
      [0, 1, 1],
      [100, 1],
    ]);
    expect(done).toMatchObject({ count: 5, batches: 2 });
  });

  it('reads no further than one batch ahead of the one on its way', async () => {
    let given = 0;
    function* endless(): Generator<number> {
      for (;;) yield given++;
    }
    const stop = new AbortController();
    const seen: number[] = [];
    const [log, nodes] = logOver((_, number) => {
      seen.push(given);
      if (number === 4) stop.abort(new Error('enough'));
      return stored();
    });
    const line = '{"key":"0123456789abcdef0123456789abcdef","message":1000}\n'.length;
    const sending = nodes.until(log.appendMany(endless(), { maxBytes: 10 * line, signal: stop.signal }));
    await expect(sending).rejects.toThrow('enough');
    expect(messagesIn(nodes).flat().slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    for (const [number, read] of seen.entries()) expect(read).toBeLessThanOrEqual((number + 2) * 12);
  });

  it('repeats a batch with the keys it had, and waits for the next one until it has arrived', async () => {
    const [log, nodes] = logOver((_, number) => (number === 1 ? 'cut' : stored()));
    await nodes.until(log.appendMany(['a', 'b'], { maxBytes: 10 }));
    expect(nodes.asked.map((asked) => linesIn(asked)[0]?.message)).toEqual(['a', 'a', 'b']);
    const [first, again] = nodes.asked.map((asked) => linesIn(asked)[0]?.key);
    expect(again).toBe(first);
  });

  it('names messages as it is told, and tells of every batch', async () => {
    const [log, nodes] = logOver((_, number) => stored({ lastSeq: number }));
    const seqs: number[] = [];
    const key = (message: string, number: number): string => `${message}-${number}`;
    const onReceipt = ({ lastSeq }: { lastSeq: number }): void => void seqs.push(lastSeq);
    const done = await nodes.until(log.appendMany(['a', 'b'], { maxBytes: 1, key, onReceipt }));
    expect(nodes.asked.flatMap(linesIn).map((line) => line.key)).toEqual(['a-0', 'b-1']);
    expect(seqs).toEqual([1, 2]);
    expect(done.last?.lastSeq).toBe(2);
  });

  it('ends with the first failure, of the log or of the source, and tells the source so', async () => {
    let isEnded = false;
    function* source(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        isEnded = true;
      }
    }
    const [log, nodes] = logOver((_, number) => (number === 2 ? refusal('STALE_EPOCH', 409) : stored()));
    await expect(nodes.until(log.appendMany(source(), { maxBytes: 200 }))).rejects.toBeInstanceOf(errors.StaleEpoch);
    expect(isEnded).toBe(true);
    function* failing(): Generator<number> {
      yield 1;
      throw new Error('no more');
    }
    await expect(nodes.until(log.appendMany(failing()))).rejects.toThrow('no more');
  });

  it('ends with its signal while its source is silent', async () => {
    const stop = new AbortController();
    const silent: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          queueMicrotask(() => stop.abort(new Error('enough')));
          return new Promise(() => undefined);
        },
      }),
    };
    const [log, nodes] = logOver();
    await expect(nodes.until(log.appendMany(silent, { signal: stop.signal }))).rejects.toThrow('enough');
  });

  it('gives nothing for nothing', async () => {
    const [log, nodes] = logOver();
    expect(await nodes.until(log.appendMany([]))).toEqual({ count: 0, batches: 0, last: null });
    expect(nodes.asked).toEqual([]);
  });
});
