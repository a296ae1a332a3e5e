import { afterEach, describe, expect, it } from 'vitest';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeClient } from '../support/node-client.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote, readOrphans, reappend } from '../support/operator.js';

let cluster: Cluster | ClusterInProcess | undefined;
afterEach(async () => cluster?.end());

const texts = (messages: readonly { message: unknown }[]): unknown[] => messages.map(({ message }) => message);

/** Writes until it is answered, wherever the master is by then: a client that retries under one key. */
async function writeUntilAnswered(
  nodes: readonly { readonly client: NodeClient }[],
  message: string,
  concern: number,
): Promise<void> {
  await eventually(`${message} is stored`, async () => {
    for (const node of nodes) {
      const answer = await node.client.append(message, concern, { key: message }).catch(() => null);
      if (answer !== null && answer.status < 300) return true;
    }
    return false;
  });
}

describe('promotion', () => {
  it('transfers the term of a living master and loses nothing, whatever the concern, under 64 writers', async () => {
    cluster = await ClusterInProcess.start(2, { FAILOVER: 'manual' });
    const { nodes } = cluster;
    const first = cluster.secondaries[0]!;

    expect((await promote(cluster.master)).body.outcome).toBe('already-master');
    const forecast = await promote(first, { dryRun: true });
    expect(forecast.body).toMatchObject({ outcome: 'forecast', nodeId: 'secondary-1', transfer: { nodeId: 'master' } });
    expect((await cluster.master.client.cluster()).role).toBe('master');

    let isOver = false;
    const stored: string[] = [];
    const writers = Array.from({ length: 64 }, async (_, writer) => {
      for (let number = 0; number < 2 || !isOver; number++) {
        const message = `writer ${writer} message ${number}`;
        await writeUntilAnswered(nodes, message, writer % 3);
        stored.push(message);
      }
    });
    await eventually('the writers are under way', () => stored.length > 64);
    const promoted = await promote(first);
    isOver = true;
    await Promise.all(writers);

    expect(promoted.status).toBe(200);
    expect(promoted.body).toMatchObject({ outcome: 'promoted', nodeId: 'secondary-1', orphaned: [], unreachable: [] });
    const messages = texts(await cluster.agree());
    expect([...messages].sort()).toEqual([...stored].sort());
    for (const node of nodes) expect(await orphanSets(node)).toEqual([]);
    await eventually('the old master knows the new one', async () => {
      const { role, master } = await nodes[0]!.client.cluster();
      return role === 'secondary' && master?.nodeId === 'secondary-1';
    });
  });

  it('sets aside what a dead master alone had, keeps it, lists it, and appends it again once', async () => {
    cluster = await Cluster.start(2, { QUORUM_LOSS: 'accept', FAILOVER: 'manual' });
    const { master } = cluster;
    const [first, second] = cluster.secondaries as [NodeProcess, NodeProcess];
    await master.client.append('everywhere', 2);
    await first.kill();
    await second.kill();
    expect((await master.client.append('alone', 0)).status).toBe(201);
    expect((await master.client.append('alone with a key', 0, { key: 'k' })).status).toBe(201);
    expect((await master.client.cluster()).exposure).toBe(2);
    await master.kill();

    first.start();
    second.start();
    await eventually('both answer', async () =>
      (await Promise.all([first, second].map(({ client }) => client.cluster()))).every(
        ({ role }) => role === 'secondary',
      ),
    );
    const promoted = await promote(first);
    expect(promoted.body).toMatchObject({ outcome: 'promoted', transfer: null, unreachable: [{ nodeId: 'master' }] });
    expect((await first.client.append('after', 'majority')).status).toBe(201);

    master.start();
    const set = await eventually(
      'the old master has set aside what nobody has',
      async () => (await orphanSets(master))[0],
    );
    expect(set).toMatchObject({ messages: 2, epoch: promoted.body.epoch });
    expect(texts((await readOrphans(master, set.id)).body.data)).toEqual(['alone', 'alone with a key']);
    expect((await master.client.cluster()).role).toBe('secondary');
    await eventually('it says so unasked', async () => (await master.client.cluster()).orphans?.messages === 2);
    const advice = expect.stringContaining('GET /orphans') as string;
    expect((await master.client.cluster()).orphans).toEqual({ sets: 1, messages: 2, advice });
    expect((await master.client.get<string>('/metrics')).body).toContain('replog_orphan_messages 2\n');
    expect((await first.client.cluster()).orphans).toEqual({ sets: 0, messages: 0, advice: null });
    expect(texts(await master.client.messages())).not.toContain('alone');

    const again = await reappend(master, set.id);
    expect(again.body).toMatchObject({ messages: 2, appended: 2, duplicates: 0, conflicts: [] });
    expect((await reappend(master, set.id)).body).toMatchObject({ messages: 2, appended: 0, duplicates: 2 });
    expect(texts(await agreeAmong([first, master]))).toEqual(['everywhere', 'after', 'alone', 'alone with a key']);
    expect((await readOrphans(master, 'no-such-set')).status).toBe(404);
  });
});

async function agreeAmong(nodes: readonly NodeProcess[]): Promise<readonly { message: unknown }[]> {
  return eventually('the nodes hold the same messages', async () => {
    const lists = await Promise.all(nodes.map((node) => node.client.messages()));
    return lists.every((list) => JSON.stringify(list) === JSON.stringify(lists[0])) ? lists[0] : undefined;
  });
}
