import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeClient } from '../support/node-client.js';

describe('both secondaries are gone', () => {
  let cluster: Cluster;
  let client: NodeClient;
  beforeAll(async () => {
    cluster = await Cluster.start(2);
    ({ client } = cluster.master);
    await client.append('kept', 2);
  });
  afterAll(() => cluster.end());

  async function loseBoth(): Promise<void> {
    await Promise.all(cluster.secondaries.map((secondary) => secondary.kill()));
    for (const secondary of cluster.secondaries) await cluster.inState(secondary, 'UNREACHABLE');
  }

  async function bringBack(): Promise<void> {
    for (const secondary of cluster.secondaries) secondary.start();
    await cluster.allMembers();
  }

  /** As `GET /cluster` and as `/metrics` count it. */
  async function exposed(): Promise<unknown[]> {
    const text = (await client.get<string>('/metrics')).body;
    return [(await client.cluster()).exposure, Number(/^replog_exposure_messages (\d+)$/m.exec(text)?.[1])];
  }

  it('rejects writes, which are in no log then, and goes on reading', async () => {
    await loseBoth();
    for (const concern of [0, 1, 'majority', 'all']) {
      const rejected = await client.append('rejected', concern);
      expect([rejected.status, rejected.body.code]).toEqual([503, 'NO_QUORUM']);
      expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const batch = await client.appendBatch(['rejected', 'too'], 0);
    expect([batch.status, batch.body.code]).toEqual([503, 'NO_QUORUM']);
    expect((await client.messages()).map(({ message }) => message)).toEqual(['kept']);
    const linearizable = await client.get('/messages?concern=linearizable');
    expect(linearizable.status).toBe(503);

    await bringBack();
    expect((await client.append('after', 2)).status).toBe(201);
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['kept', 'after']);
  });

  it('takes what the master alone can do with QUORUM_LOSS=accept, and counts what is exposed', async () => {
    await cluster.master.stop();
    cluster.master.start({ QUORUM_LOSS: 'accept' });
    await cluster.ready(cluster.master);
    await cluster.allMembers();
    await loseBoth();

    expect((await client.append('alone', 0)).status).toBe(201);
    expect((await client.appendBatch(['one', 'two', 'three'], 0)).status).toBe(201);
    const rejected = await client.append('rejected', 1);
    expect([rejected.status, rejected.body.code]).toEqual([503, 'NO_QUORUM']);
    expect(await exposed()).toEqual([4, 4]);
    expect((await client.append('again', 0, { key: 'k' })).status).toBe(201);
    expect((await client.append('again', 0, { key: 'k' })).status).toBe(200);
    expect((await client.append('not yet', 1, { timeoutMs: 0 })).status).toBe(503);
    expect(await exposed()).toEqual([5, 5]);

    await bringBack();
    await eventually('nothing is exposed any more', async () => (await exposed()).join() === '0,0');
    const messages = (await cluster.agree()).map(({ message }) => message);
    expect(messages).toEqual(['kept', 'after', 'alone', 'one', 'two', 'three', 'again']);
  });
});
