import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote, readOrphans } from '../support/operator.js';

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

const ALONE = ['alone 1', 'alone 2', 'alone 3', 'alone 4', 'alone 5'];

describe('the forecast of a promotion', () => {
  it('counts the records that will be set aside, and the promotion sets aside those', async () => {
    // A busy machine is not to pass for one that is out of reach.
    cluster = await Cluster.start(2, { QUORUM_LOSS: 'accept', HEALTHCHECK_TIMEOUT: '2', FAILOVER: 'manual' });
    const { master } = cluster;
    const [first, second] = cluster.secondaries as [NodeProcess, NodeProcess];
    const { index } = (await master.client.append('everywhere', 'all')).body;

    // What a master takes while nobody else lives is on its disk alone; frozen, it cannot tell.
    await first.kill();
    await second.kill();
    for (const message of ALONE) expect((await master.client.append(message, 0)).status).toBe(201);
    master.signal('SIGSTOP');
    first.start();
    second.start();
    const blind = await eventually('the two others are there and can say what a promotion would do', async () => {
      const { status, body } = await promote(first, { dryRun: true });
      return status === 200 && body.unreachable.length === 1 ? body : undefined;
    });
    expect(blind).toMatchObject({ outcome: 'forecast', orphaned: [], unreachable: [{ nodeId: 'master' }] });
    expect((await promote(first)).body).toMatchObject({ outcome: 'promoted', unreachable: [{ nodeId: 'master' }] });
    expect((await first.client.append('of the next epoch', 'majority')).status).toBe(201);

    // The new master is gone as the old one comes back, and learns from the other that its time is over.
    await first.kill();
    master.signal('SIGCONT');
    await eventually('the old master has stepped down', async () => {
      const { role, epoch } = await master.client.cluster();
      return role === 'secondary' && epoch > 1;
    });
    const forecast = await promote(second, { dryRun: true });
    const orphaned = [{ nodeId: 'master', afterIndex: index, records: ALONE.length }];
    expect(forecast.body).toMatchObject({ outcome: 'forecast', transfer: null, orphaned });
    expect(forecast.body.mostAdvanced.nodeId).toBe('secondary-2');
    expect(forecast.body.unreachable.map(({ nodeId }) => nodeId)).toEqual(['secondary-1']);
    expect(await orphanSets(master)).toEqual([]);

    const promoted = await promote(second);
    expect(promoted.status).toBe(200);
    const { transfer, mostAdvanced, unreachable } = forecast.body;
    expect(promoted.body).toMatchObject({ outcome: 'promoted', transfer, mostAdvanced, orphaned, unreachable });
    const set = await eventually('the old master has set it aside', async () => (await orphanSets(master))[0]);
    expect(set).toMatchObject({ firstIndex: index + 1, lastIndex: index + ALONE.length, messages: ALONE.length });
    const { data } = (await readOrphans(master, set.id)).body;
    expect(data.map(({ message }) => message)).toEqual(ALONE);
  });
});
