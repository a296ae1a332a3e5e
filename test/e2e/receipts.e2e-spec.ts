import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchReceipt, Receipt, WriteConcernView } from '@replog/contracts/views.js';
import { API_KEY, Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeClient } from '../support/node-client.js';

interface Told {
  readonly event: string;
  readonly data: Partial<Receipt & BatchReceipt & { node: string }>;
}

/** Posts and hears of it as it happens; the list grows until `ended`. */
async function postLive(client: NodeClient, path: string, body: string, contentType: string) {
  const response = await fetch(`${client.url}${path}`, {
    method: 'POST',
    headers: { 'x-token': API_KEY, 'content-type': contentType, accept: 'text/event-stream' },
    body,
  });
  const told: Told[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => told.push({ event: event ?? '', data: JSON.parse(data) as Told['data'] }),
  });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  };
  return { response, told, ended: read() };
}

describe('what became of a write', () => {
  let cluster: Cluster;
  let client: NodeClient;
  beforeAll(async () => {
    cluster = await Cluster.start(2);
    ({ client } = cluster.master);
  });
  afterAll(() => cluster.end());

  it('is told as it happens: appended, each acknowledgement as it comes, then satisfied', async () => {
    const late = cluster.secondaries[1]!;
    late.signal('SIGSTOP');
    const live = await postLive(client, '/messages/2', '{"message":"watched"}', 'application/json');
    expect(live.response.status).toBe(200);
    expect(live.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(live.response.ok).toBe(true);
    await eventually('the first acknowledgement', () => live.told.length === 2);
    expect(live.told.map(({ event }) => event)).toEqual(['appended', 'ack']);
    expect(live.told[1]?.data).toMatchObject({ node: 'secondary-1', role: 'secondary' });

    late.signal('SIGCONT');
    await live.ended;
    expect(live.told.map(({ event }) => event)).toEqual(['appended', 'ack', 'ack', 'satisfied']);
    expect(live.told[2]?.data.node).toBe(late.nodeId);
    expect(live.told[3]?.data).toMatchObject({ seq: live.told[0]?.data.seq, outcome: 'satisfied' });
    await cluster.allMembers();
  });

  it('is told so for a batch, and for a concern that cannot be met', async () => {
    const lines = '{"message":1}\n{"message":2}';
    const { told, ended } = await postLive(client, '/messages/3?timeout=50', lines, 'application/x-ndjson');
    await ended;
    expect(told[0]).toMatchObject({ event: 'appended', data: { count: 2 } });
    expect(told.at(-1)).toMatchObject({ event: 'pending', data: { outcome: 'pending', appended: 2 } });
  });

  it('is asked for later by seq or by key, now or after a wait', async () => {
    const { body: written } = await client.append('kept', 2, { key: 'a key/with %' });
    const bySeq = await client.get<Receipt>(`/messages/${written.seq}/receipt?wc=2`);
    const byKey = await client.get<Receipt>(`/receipts/${encodeURIComponent('a key/with %')}?wc=2`);
    const expected = { seq: written.seq, index: written.index, outcome: 'satisfied', key: 'a key/with %' };
    expect([bySeq.status, byKey.status]).toEqual([200, 200]);
    expect(bySeq.body).toMatchObject(expected);
    expect(byKey.body).toEqual(bySeq.body);
    expect(bySeq.body.acks.map(({ node }) => node).sort()).toEqual(['master', 'secondary-1', 'secondary-2']);
    expect(bySeq.body.acks.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);

    const pending = await client.get<Receipt>(`/receipts/${encodeURIComponent('a key/with %')}?wc=3&timeout=20`);
    expect([pending.status, pending.body.outcome]).toEqual([202, 'pending']);
    expect((await client.get('/messages/999/receipt')).status).toBe(404);
    expect((await client.get('/receipts/unknown')).status).toBe(404);
  });

  it('can be foreseen: what a concern asks for, whether it can be met and how long it takes', async () => {
    const two = await eventually('both secondaries acknowledge', async () => {
      const { body } = await client.get<WriteConcernView>('/write-concern/2');
      return body.canBeMet ? body : undefined;
    });
    expect(two).toMatchObject({ requested: '2', secondaries: 2, copies: 3, canBeMet: true, missing: [] });
    expect(two.wait.count).toBeGreaterThan(0);
    expect(two.wait.p99Ms).toBeGreaterThanOrEqual(two.wait.p50Ms ?? Number.NaN);
    expect((await client.get<WriteConcernView>('/write-concern/3')).body.canBeMet).toBe(false);
    const majority = (await client.get<WriteConcernView>('/write-concern/majority')).body;
    expect(majority).toMatchObject({ secondaries: 1, copies: 2, canBeMet: true });
  });

  it('shows in the cluster as every node sees it', async () => {
    const { seq } = (await client.append('last', 'all')).body;
    const onMaster = await client.cluster();
    expect(onMaster).toMatchObject({ role: 'master', epoch: 1, exposure: 0, lastSeq: seq });
    expect(onMaster.members.map(({ nodeId, state }) => [nodeId, state]).sort()).toEqual([
      ['master', 'MASTER'],
      ['secondary-1', 'HEALTHY'],
      ['secondary-2', 'HEALTHY'],
    ]);
    for (const { client: secondary, nodeId } of cluster.secondaries) {
      const view = await eventually('the committed index arrives', async () => {
        const seen = await secondary.cluster();
        return seen.committed === onMaster.committed ? seen : undefined;
      });
      expect(view).toMatchObject({
        nodeId,
        role: 'secondary',
        clusterId: onMaster.clusterId,
        epoch: 1,
        exposure: null,
      });
      expect(view.master).toEqual({ nodeId: 'master', url: cluster.master.url });
      expect(view.members.map((member) => member.nodeId)).toEqual(onMaster.members.map((member) => member.nodeId));
    }
  });
});
