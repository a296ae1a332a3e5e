import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { WriteConcernView } from '@replog/contracts/views.js';
import { ADMIN_API_KEY, Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeClient } from '../support/node-client.js';

const ADMIN = { headers: { 'x-token': ADMIN_API_KEY } };

describe('members', () => {
  let cluster: Cluster;
  let client: NodeClient;
  beforeAll(async () => {
    cluster = await Cluster.start(2);
    ({ client } = cluster.master);
    await client.appendBatch(['one', 'two', 'three'], 2);
  });
  afterAll(() => cluster.end());

  const names = async (): Promise<string[]> => (await client.secondaries()).map(({ nodeId }) => nodeId).sort();

  it('are taken out while they run, serve nothing from then on, and join anew when they are started again', async () => {
    const node = cluster.secondaries[1]!;
    expect((await client.request('DELETE', `/secondaries/${node.nodeId}`)).status).toBe(403);
    expect((await client.request('DELETE', '/secondaries/nobody', ADMIN)).status).toBe(404);
    const removed = await client.request('DELETE', `/secondaries/${node.nodeId}`, ADMIN);
    expect(removed.status).toBe(204);
    expect(await names()).toEqual(['secondary-1']);
    expect((await client.append('without it', 'all')).body.writeConcern).toMatchObject({ secondaries: 1 });
    await eventually('it says that it was removed', async () => {
      const { status, body } = await node.client.get<Problem>('/healthcheck/ready');
      return status === 503 && body.detail.includes('was removed from the cluster');
    });
    expect((await node.client.get<Problem>('/messages')).body).toMatchObject({ status: 503, code: 'NOT_READY' });
    expect((await node.client.get<Problem>('/messages/1')).body).toMatchObject({ status: 503, code: 'NOT_READY' });
    expect(await names()).toEqual(['secondary-1']);

    await node.kill();
    node.start();
    await cluster.inState(node, 'HEALTHY');
    expect((await client.append('with it', 2)).status).toBe(201);
    expect(await cluster.agree()).toHaveLength(5);
  });

  it('that are wiped join anew under their name, and do not count before they have caught up', async () => {
    const node = cluster.secondaries[0]!;
    await node.kill();
    rmSync(node.dataDir, { recursive: true });
    node.start({ DELAY: '2.5' });
    await cluster.inState(node, 'JOINING');
    const view = (await client.get<WriteConcernView>('/write-concern/2')).body;
    expect(view).toMatchObject({ canBeMet: false, missing: [{ nodeId: node.nodeId, state: 'JOINING' }] });
    const early = await client.append('early', 2, { timeoutMs: 0 });
    expect([early.status, early.body.outcome]).toEqual([202, 'pending']);

    const whole = await client.get(early.headers.get('location')!);
    expect(whole.status).toBe(200);
    await cluster.inState(node, 'HEALTHY');
    expect(await cluster.agree()).toHaveLength(6);
    expect(await names()).toEqual(['secondary-1', 'secondary-2']);
  });
});
