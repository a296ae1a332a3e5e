/** The calls over nodes that fail as a spec says, on a virtual clock. */
import { describe, expect, it } from 'vitest';
import { errors, KeyReused, OutcomeUnknown, Unreachable } from './index.js';
import type { Message } from './index.js';
import { Log } from './log.js';
import { answer, FakeNodes, receipt, refusal, stream } from './testing/fake-nodes.js';
import type { Asked, Reaction } from './testing/fake-nodes.js';

const [A, B] = ['http://a:1', 'http://b:1'] as const;

function logOver(
  react: (asked: Asked, number: number) => Reaction,
  list: readonly string[] = [A, B],
): [Log, FakeNodes] {
  const nodes: FakeNodes = new FakeNodes((asked) => react(asked, nodes.asked.length));
  // The turn begins at the first node.
  const log = new Log({ nodes: list, key: 'k' }, Object.assign(nodes, { random: nodes.random }));
  return [log, nodes];
}

const keyIn = ({ body }: Asked): unknown => (JSON.parse(body) as { key: unknown }).key;

function event(seq: number, epoch = 1): string {
  return `id: ${seq}@${epoch}\nevent: message\ndata: ${JSON.stringify({ seq, epoch, message: seq })}\n\n`;
}

async function seqsOf(messages: AsyncIterable<Message>, count = Infinity): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of messages) if (seqs.push(seq) === count) break;
  return seqs;
}

describe('append over failures', () => {
  it.each<[string, Reaction[]]>([
    ['a node that is down', ['refused', 'refused']],
    ['lost answers', ['cut', 'cut', 'cut']],
    ['a frozen node', ['silence']],
    ['refusals for now', [refusal('NO_MASTER', 503), refusal('NO_QUORUM', 503), refusal('SHUTTING_DOWN', 503)]],
    ['an unknown outcome', [refusal('OUTCOME_UNKNOWN', 504, { retriable: false })]],
    ['a proxy that gave up', [new Response('<h1>Bad Gateway</h1>', { status: 502 })]],
    ['an answer that is cut', [new Response('{"seq":7,"ind', { status: 201 })]],
  ])('sends the same message under the same key: %s', async (_, failures) => {
    const [log, nodes] = logOver((_asked, number) => failures[number - 1] ?? answer(receipt(), 201));
    expect(await nodes.until(log.append('x'))).toMatchObject({ seq: 7 });
    expect(nodes.asked.length).toBe(failures.length + 1);
    expect(new Set(nodes.asked.map(keyIn)).size).toBe(1);
    expect(new Set(nodes.urls.slice(0, 2)).size).toBe(2);
  });

  it('waits as Retry-After says where every node would ask the same master', async () => {
    const full = (): Reaction => refusal('OVERLOADED', 503, {}, { 'retry-after': '3' });
    const [log, nodes] = logOver((_, number) => (number === 1 ? full() : answer(receipt(), 201)));
    await nodes.until(log.append('x'));
    const [first, second] = nodes.asked as [Asked, Asked];
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(3_000);
  });

  it('goes to the master that an answer named', async () => {
    const [log, nodes] = logOver(({ url }) => answer(receipt(), 201, url === B ? {} : { 'x-replog-master': B }), [A]);
    await nodes.until(log.append('x'));
    await nodes.until(log.append('y'));
    expect(nodes.urls).toEqual([A, B]);
  });

  it('gives up when its patience is over: nothing was done, or nobody knows', async () => {
    const [down, silent] = [logOver(() => 'refused'), logOver(() => 'cut')];
    await expect(down[1].until(down[0].append('x'))).rejects.toBeInstanceOf(Unreachable);
    await expect(silent[1].until(silent[0].append('x', { key: 'mine' }))).rejects.toBeInstanceOf(OutcomeUnknown);
    const { atMs } = silent[1].asked.at(-1) as Asked;
    expect(atMs - 1_000).toBeGreaterThan(50_000);
    expect(atMs - 1_000).toBeLessThanOrEqual(60_000);
  });

  it('throws a refusal for good at once, but not where an attempt before it is open', async () => {
    const [log, nodes] = logOver(() => refusal('MESSAGE_TOO_LARGE', 413));
    await expect(nodes.until(log.append('x'))).rejects.toBeInstanceOf(errors.MessageTooLarge);
    expect(nodes.asked.length).toBe(1);
    const [open, there] = logOver((_, number) => (number === 1 ? 'cut' : refusal('FORBIDDEN', 403)));
    await expect(there.until(open.append('x'))).rejects.toBeInstanceOf(OutcomeUnknown);
    const [taken, where] = logOver((_, number) =>
      number === 1 ? 'cut' : refusal('KEY_REUSED', 422, { seq: 3, epoch: 1 }),
    );
    const failure = where.until(taken.append('x', { key: 'mine' }));
    await expect(failure).rejects.toBeInstanceOf(KeyReused);
    await expect(failure).rejects.toMatchObject({ place: { seq: 3, epoch: 1 } });
  });

  it('appends again, under its key, what a change of master replaced before its concern was met', async () => {
    const [log, nodes] = logOver(({ method }, number) => {
      if (method === 'GET') return refusal('HISTORY_CHANGED', 409, { seq: 7, epoch: 2, shared: { seq: 6, epoch: 2 } });
      return number === 1 ? answer(receipt({ outcome: 'pending' }), 202) : answer(receipt({ seq: 8, epoch: 3 }), 201);
    });
    expect(await nodes.until(log.append('x'))).toMatchObject({ seq: 8, epoch: 3, outcome: 'satisfied' });
    expect(nodes.asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
    expect(keyIn(nodes.asked[2] as Asked)).toBe(keyIn(nodes.asked[0] as Asked));
  });

  it('asks for a long wait in slices, so that a node which freezes meanwhile is noticed', async () => {
    const [log, nodes] = logOver(({ method, url }, number) => {
      if (method === 'POST') return answer(receipt({ outcome: 'pending' }), 202);
      return number === 2 || url === A ? 'silence' : answer(receipt());
    });
    expect(await nodes.until(log.append('x', { timeout: 25_000 }))).toMatchObject({ outcome: 'satisfied' });
    expect(nodes.asked.map(({ path }) => path).slice(0, 2)).toEqual([
      '/messages?timeout=5000',
      '/messages/7/receipt?wc=majority&epoch=2&timeout=5000',
    ]);
  });

  it('ends with its signal, whatever it waits for', async () => {
    for (const reaction of ['silence', 'refused'] as const) {
      const stop = new AbortController();
      const [log, nodes] = logOver((_, number) => {
        if (number === 1) queueMicrotask(() => stop.abort(new Error('enough')));
        return reaction;
      });
      await expect(nodes.until(log.append('x', { signal: stop.signal }))).rejects.toThrow('enough');
      expect(nodes.asked.length).toBeLessThanOrEqual(2);
      await expect(nodes.until(log.append('x', { signal: stop.signal }))).rejects.toThrow('enough');
    }
  });
});

describe('a tail over failures', () => {
  it('goes on after the last message it gave, at another node, whatever ended the stream', async () => {
    const ends: Reaction[] = [
      stream([event(1), event(2), event(3).slice(0, 20)], { breaks: true }),
      'refused',
      'silence',
      refusal('NOT_READY', 503, {}, { 'retry-after': '1' }),
      stream([event(3)]),
      stream([`: keep-alive\n\n${event(4)}`]),
    ];
    const [log, nodes] = logOver((_, number) => ends[number - 1] ?? 'silence');
    expect(await nodes.until(seqsOf(log.tail(), 4))).toEqual([1, 2, 3, 4]);
    const after = nodes.asked.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('after'));
    expect(after).toEqual([null, '2@1', '2@1', '2@1', '2@1', '3@1']);
    expect(nodes.urls[0]).not.toBe(nodes.urls[1]);
  });

  it('takes a silent stream for a dead one', async () => {
    const [log, nodes] = logOver((_, number) => (number === 1 ? 'silent stream' : stream([event(1)])));
    expect(await nodes.until(seqsOf(log.tail(), 1))).toEqual([1]);
    expect((nodes.asked[1] as Asked).atMs - 1_000).toBeGreaterThanOrEqual(35_000);
  });

  it('believes no node that is behind: the master has the place', async () => {
    const lost = { seq: 2, epoch: 1, shared: { seq: 1, epoch: 1 } };
    const [log, nodes] = logOver(({ path }, number) => {
      if (path.includes('receipt')) return answer(receipt({ seq: 2, epoch: 1 }));
      if (number === 1) return stream([event(1), event(2)]);
      return number === 2 ? refusal('HISTORY_CHANGED', 409, lost) : stream([event(3)]);
    });
    expect(await nodes.until(seqsOf(log.tail(), 3))).toEqual([1, 2, 3]);
  });

  it('throws HistoryChanged when the master says so too, with the last place that is really shared', async () => {
    // The reader holds 1@1, 2@2, 3@2; the log has 1@1, 2@3 …, and knows no message of epoch 2.
    const changed = `event: history-changed\ndata: ${JSON.stringify({ code: 'HISTORY_CHANGED', seq: 3, epoch: 2 })}\n\n`;
    const [log, nodes] = logOver(({ path }) => {
      if (path.startsWith('/messages/1/')) return answer(receipt({ seq: 1, epoch: 1 }));
      if (path.startsWith('/messages/2/'))
        return refusal('HISTORY_CHANGED', 409, { seq: 2, epoch: 1, shared: { seq: 1, epoch: 1 } });
      if (path.startsWith('/messages/3/'))
        return refusal('HISTORY_CHANGED', 409, { seq: 3, epoch: 2, shared: { seq: 2, epoch: 1 }, orphanSet: 'set' });
      return stream([event(1, 1), event(2, 2), event(3, 2), changed]);
    });
    const failure = nodes.until(seqsOf(log.tail()));
    await expect(failure).rejects.toMatchObject({
      name: 'HistoryChanged',
      held: { seq: 3, epoch: 2 },
      shared: { seq: 1, epoch: 1 },
      orphanSet: 'set',
    });
  });

  it('asks for nothing while its reader is busy', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new TextEncoder().encode(event(++pulls))) },
      { highWaterMark: 0 },
    );
    const [log, nodes] = logOver(() => new Response(body));
    const messages = log.tail();
    await nodes.until(messages.next());
    await nodes.until(messages.next());
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(pulls).toBe(2);
    await messages.return();
  });
});

describe('a read over failures', () => {
  it('goes on where it broke, and gives what is left of its limit', async () => {
    const line = (seq: number): string => `${JSON.stringify({ seq, epoch: 1, message: seq })}\n`;
    const [log, nodes] = logOver((_, number) =>
      number === 1 ? stream([line(1) + line(2), line(3).slice(0, 9)], { breaks: true }) : stream([line(3), line(4)]),
    );
    expect(await nodes.until(seqsOf(log.read({ limit: 4 })))).toEqual([1, 2, 3, 4]);
    expect(nodes.asked[1]?.path).toBe('/messages?concern=majority&after=2%401&limit=2');
  });

  it('does not take half a line for the end', async () => {
    const [log, nodes] = logOver((_, number) =>
      number === 1 ? stream(['{"seq":1,"epoch":1}\n{"seq":2']) : stream(['{"seq":2,"epoch":1}\n']),
    );
    expect(await nodes.until(seqsOf(log.read()))).toEqual([1, 2]);
  });
});
