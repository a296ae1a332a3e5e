import { cpSync, rmSync } from 'node:fs';
import type { Problem } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import type { MessageView, Receipt } from '@replog/contracts/views.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, Cluster } from '../support/cluster.js';
import { EventTail } from '../support/event-tail.js';
import { eventually } from '../support/eventually.js';
import type { Answer, NodeClient } from '../support/node-client.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote } from '../support/operator.js';

const asTail = (lastEventId: string): Record<string, string> => ({
  accept: MEDIA.eventStream,
  'last-event-id': lastEventId,
});

function get(client: NodeClient, path: string, headers = {}): Promise<Answer<Receipt & MessageView & Problem>> {
  return client.get(path, headers);
}

describe('a place after a change of master', () => {
  let cluster: Cluster;
  let oldMaster: NodeProcess;
  let first: NodeProcess;
  /** What the old master alone had: message 2. */
  let pendingAt: string;
  let followed: EventTail;

  beforeAll(async () => {
    cluster = await Cluster.start(2, { QUORUM_LOSS: 'accept' });
    oldMaster = cluster.master;
    const [one, two] = cluster.secondaries as [NodeProcess, NodeProcess];
    first = one;
    await oldMaster.client.append('everywhere', 2);
    await Promise.all([one.kill(), two.kill()]);
    const pending = await oldMaster.client.append('alone', 2, { timeoutMs: 20 });
    expect(pending.status).toBe(202);
    pendingAt = pending.headers.get('location') as string;
    followed = await EventTail.open(oldMaster.url, API_KEY);
    await eventually('a tail has what the old master alone has', () => followed.events.length === 2);

    oldMaster.signal('SIGSTOP');
    one.start();
    two.start();
    await eventually('one is promoted', async () => (await promote(one)).status === 200);
    for (const text of ['other', 'more', 'most']) expect((await one.client.append(text, 'majority')).status).toBe(201);
  });
  afterAll(() => cluster.end());

  it('is refused by a resumed wait: never the receipt of another message', async () => {
    expect(pendingAt).toBe('/messages/2/receipt?wc=2&epoch=1');
    const lost = await get(first.client, pendingAt);
    expect(lost.status).toBe(409);
    expect(lost.headers.get('content-type')).toContain(MEDIA.problem);
    expect(lost.body).toMatchObject({ code: 'HISTORY_CHANGED', seq: 2, epoch: 1, shared: { seq: 1, epoch: 1 } });
    expect(lost.body.detail).toContain('Continue after 1@1.');
    expect(await get(first.client, '/messages/1/receipt?wc=1&epoch=1')).toMatchObject({
      status: 200,
      body: { seq: 1 },
    });
    // An address without an epoch means the number alone.
    const { status, body } = await get(first.client, '/messages/2/receipt?wc=1');
    expect([status, body.outcome, body.epoch > 1]).toEqual([200, 'satisfied', true]);
  });

  it('is refused by a tail, a list and the message itself; its number alone is not', async () => {
    expect(followed.lastEventId).toBe('2@1');
    for (const [path, headers] of [
      ['/messages', asTail('2@1')],
      ['/messages?after=2@1', {}],
      ['/messages?after=2%401', { accept: MEDIA.ndjson }],
      ['/messages/2?epoch=1', {}],
    ] as const) {
      expect((await get(first.client, path, headers)).body.code).toBe('HISTORY_CHANGED');
    }
    expect((await first.client.messages('?after=2')).map(({ message }) => message)).toEqual(['more', 'most']);
    expect((await get(first.client, '/messages/2')).body.message).toBe('other');

    const resumed = await EventTail.open(first.url, API_KEY, { lastEventId: '1@1' });
    await eventually('it goes on from the shared place', () => resumed.events.length === 3);
    const messages = resumed.events.map(({ data }) => (JSON.parse(data) as MessageView).message);
    expect(messages).toEqual(['other', 'more', 'most']);
    resumed.cut();
  });

  it('beyond the end of the log is refused at once, and not waited for', async () => {
    const { lastSeq } = await first.client.cluster();
    for (const epoch of [1, 99]) {
      const place = `${lastSeq + 5}@${epoch}`;
      expect((await get(first.client, '/messages', asTail(place))).body.code).toBe('HISTORY_CHANGED');
      expect((await get(first.client, `/messages?after=${place}`)).body.code).toBe('HISTORY_CHANGED');
    }
    expect(await first.client.messages(`?after=${lastSeq + 5}`)).toEqual([]);
  });

  it('ends the open tail of the node whose log is cut, with the shared place and the orphan set', async () => {
    oldMaster.signal('SIGCONT');
    expect(await followed.ended).toBe(true);
    const [set] = await orphanSets(oldMaster);
    const last = followed.events.at(-1);
    expect([last?.event, last?.id]).toEqual(['history-changed', '1@1']);
    expect(JSON.parse(last?.data ?? '')).toMatchObject({
      ...{ status: 409, code: 'HISTORY_CHANGED', seq: 2, epoch: 1 },
      ...{ shared: { seq: 1, epoch: 1 }, orphanSet: set?.id },
    });

    // As an EventSource does by itself.
    const again = await EventTail.open(oldMaster.url, API_KEY, { lastEventId: followed.lastEventId });
    await eventually('it goes on in the new history', () => again.events.length === 3);
    expect(again.events.map(({ data }) => (JSON.parse(data) as MessageView).seq)).toEqual([2, 3, 4]);
    again.cut();
    expect((await get(oldMaster.client, '/messages?after=2@1')).body['orphanSet']).toBe(set?.id);
  });
});

describe('a log restored from a backup', () => {
  let cluster: Cluster | undefined;
  afterEach(() => cluster?.end());

  it('refuses a reader that is ahead of it', async () => {
    cluster = await Cluster.start(0);
    const { master } = cluster;
    const backup = `${master.dataDir}-backup`;
    await master.client.append('kept', 0);
    await master.stop();
    cpSync(master.dataDir, backup, { recursive: true });
    master.start();
    await cluster.ready(master);
    for (const text of ['lost', 'lost too']) await master.client.append(text, 0);
    const tail = await EventTail.open(master.url, API_KEY);
    await eventually('a reader has all', () => tail.events.length === 3);
    await master.stop();

    rmSync(master.dataDir, { recursive: true });
    cpSync(backup, master.dataDir, { recursive: true });
    master.start();
    await cluster.ready(master);
    const lost = await get(master.client, '/messages', asTail(tail.lastEventId as string));
    expect(lost.body).toMatchObject({ code: 'HISTORY_CHANGED', shared: { seq: 1, epoch: 1 } });
  });
});
