/** The client against nodes: what a program sees of a cluster that works, and of one whose master changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterInProcess } from '../../../test/support/cluster-in-process.js';
import { API_KEY } from '../../../test/support/cluster.js';
import { promote } from '../../../test/support/operator.js';
import { connect, errors, HistoryChanged, KeyReused, placeText } from './index.js';
import type { BatchReceipt, Log, Message } from './index.js';

let cluster: ClusterInProcess;
let log: Log;

beforeAll(async () => {
  cluster = await ClusterInProcess.start(2);
  log = connect({ nodes: cluster.nodes.map(({ client }) => client.url), key: API_KEY });
}, 60_000);
afterAll(() => cluster.end());

/** The next `count` messages. */
async function taken<Body>(messages: AsyncIterable<Message<Body>>, count = Infinity): Promise<Message<Body>[]> {
  const got: Message<Body>[] = [];
  if (count === 0) return got;
  for await (const message of messages) if (got.push(message) === count) break;
  return got;
}

async function end(): Promise<{ seq: number; epoch: number }> {
  const { seq, epoch } = await log.append('the end', { concern: 'all' });
  return { seq, epoch };
}

describe('append', () => {
  it('gives a receipt with who has the message, under a key of its own', async () => {
    const receipt = await log.append({ n: 1 }, { concern: 2 });
    expect(receipt).toMatchObject({ outcome: 'satisfied', duplicate: false, writeConcern: { copies: 3 } });
    expect(receipt.acks.map(({ node }) => node).sort()).toEqual(['master', 'secondary-1', 'secondary-2']);
    expect(receipt.key).toMatch(/^[0-9a-f]{32}$/);
    expect(await log.receipt(receipt.key as string)).toMatchObject({ seq: receipt.seq, epoch: receipt.epoch });
  });

  it('appends once under a key, and refuses another message under it', async () => {
    const first = await log.append('once', { key: 'a key' });
    const again = await log.append('once', { key: 'a key' });
    expect(again).toMatchObject({ seq: first.seq, duplicate: true, key: 'a key' });
    const refusal = log.append('twice', { key: 'a key' });
    await expect(refusal).rejects.toBeInstanceOf(KeyReused);
    await expect(refusal).rejects.toMatchObject({ status: 422, place: { seq: first.seq, epoch: first.epoch } });
  });

  it('is pending if its concern is not met in time, and the wait goes on', async () => {
    const pending = await log.append('wants more', { concern: 3, timeout: 50 });
    expect(pending.outcome).toBe('pending');
    expect(JSON.stringify(pending)).not.toContain('wait');
    expect((await pending.wait(3, { timeout: 0 })).outcome).toBe('pending');
    const met = await pending.wait('all');
    expect(met).toMatchObject({ seq: pending.seq, outcome: 'satisfied', writeConcern: { requested: 'all' } });
  });

  it('refuses what is no JSON value, and a timeout that is none', async () => {
    await expect(log.append(undefined)).rejects.toThrow(TypeError);
    await expect(log.append(1, { timeout: -1 })).rejects.toThrow('milliseconds from 0');
  });

  it('names the refusal of a node by its class', async () => {
    const refusal = log.append('x', { concern: 1000 });
    await expect(refusal).rejects.toBeInstanceOf(errors.InvalidWriteConcern);
    await expect(refusal).rejects.toMatchObject({ name: 'InvalidWriteConcern', code: 'INVALID_WRITE_CONCERN' });
    const stranger = connect({ nodes: [cluster.master.client.url], key: 'wrong' });
    await expect(stranger.cluster()).rejects.toBeInstanceOf(errors.Unauthenticated);
  });
});

describe('appendMany', () => {
  it('appends all in order, in batches, and tells of each', async () => {
    const from = await end();
    const receipts: BatchReceipt[] = [];
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const onReceipt = (receipt: BatchReceipt): unknown => receipts.push(receipt);
    const done = await log.appendMany(numbers, {
      concern: 'all',
      maxBytes: 4_000,
      onReceipt: (each) => void onReceipt(each),
    });
    expect(done).toMatchObject({ count: 500, batches: receipts.length });
    expect(receipts.length).toBeGreaterThan(3);
    expect(receipts.reduce((sum, { count }) => sum + count, 0)).toBe(500);
    const messages = await taken(log.read<number>({ from, concern: 'linearizable' }));
    expect(messages.map(({ message }) => message)).toEqual(numbers);
    expect((await done.last?.wait('all'))?.outcome).toBe('satisfied');
  });

  it('sends the same messages again without doubling them', async () => {
    const key = (word: string, number: number): string => `many-${number}-${word}`;
    const first = await log.appendMany(['a', 'b', 'c'], { key });
    const again = await log.appendMany(['a', 'b', 'c'], { key });
    expect(again.last).toMatchObject({ appended: 0, duplicates: [{ line: 1 }, { line: 2 }, { line: 3 }] });
    expect(again.last?.seq).toBe(first.last?.seq);
  });
});

describe('tail', () => {
  it('gives what is there and what comes, and ends with its signal', async () => {
    const from = await end();
    const stop = new AbortController();
    const got: unknown[] = [];
    const tailing = (async () => {
      for await (const { message } of log.tail({ from: placeText(from), signal: stop.signal })) {
        got.push(message);
        if (message === 'second') stop.abort(new Error('enough'));
      }
    })();
    await log.append('first');
    await log.append('second');
    await expect(tailing).rejects.toThrow('enough');
    expect(got).toEqual(['first', 'second']);
  });

  it('throws HistoryChanged with both places where the log has another message', async () => {
    const last = await end();
    const held = { seq: last.seq, epoch: last.epoch + 50 };
    const shared = { seq: last.seq - 1, epoch: last.epoch };
    const failure = taken(log.tail({ from: held }), 1);
    await expect(failure).rejects.toBeInstanceOf(HistoryChanged);
    await expect(failure).rejects.toMatchObject({ held, shared, code: 'HISTORY_CHANGED' });
    await expect(taken(log.read({ from: held }))).rejects.toMatchObject({ held, shared });
    await expect(log.receipt(held)).rejects.toMatchObject({ held });
  });
});

describe('the cluster', () => {
  it('is told of by any node, and what a concern would meet by the master', async () => {
    expect(await log.cluster()).toMatchObject({ master: { nodeId: 'master' }, members: { length: 3 } });
    expect(await log.preflight(2)).toMatchObject({ canBeMet: true, copies: 3, missing: [] });
    expect(await log.preflight(3)).toMatchObject({ canBeMet: false });
  });

  it('may change its master under a tail and under appends', async () => {
    const from = await end();
    const tailing = taken(log.tail<number>({ from }), 40);
    for (let n = 0; n < 40; n++) {
      if (n === 10) expect((await promote(cluster.secondaries[0] as never)).status).toBe(200);
      if (n === 30) expect((await promote(cluster.master)).status).toBe(200);
      expect((await log.append(n, { concern: 'majority' })).outcome).toBe('satisfied');
    }
    expect((await tailing).map(({ message }) => message)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});
