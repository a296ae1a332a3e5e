import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import type { NodeInProcess } from '../support/node-in-process.js';

const incarnationOf = ({ opened }: NodeInProcess): string => opened.node.incarnation;

describe('secondaries that leave when they stop', () => {
  let cluster: ClusterInProcess;
  let stays: NodeInProcess;
  let leaving: NodeInProcess[];
  let incarnations: string[];
  beforeAll(async () => {
    cluster = await ClusterInProcess.start(0, { LEAVE_ON_STOP: 'true' });
    stays = await cluster.addSecondary({ LEAVE_ON_STOP: 'false' });
    leaving = [await cluster.addSecondary(), await cluster.addSecondary(), await cluster.addSecondary()];
    await cluster.allMembers();
    incarnations = leaving.map(incarnationOf);
    await cluster.master.client.appendBatch(['one', 'two', 'three'], 'all');
  });
  afterAll(() => cluster.end());

  const members = async (): Promise<string[]> =>
    (await cluster.master.client.cluster()).members.map(({ nodeId }) => nodeId).sort();

  it('leave a cluster that takes writes, though they are a majority and stop at the same time', async () => {
    await Promise.all(leaving.map((secondary) => secondary.stop()));
    expect(await members()).toEqual(['master', stays.nodeId]);
    const written = await cluster.master.client.append('with two', 'all');
    expect([written.status, written.body.writeConcern]).toMatchObject([201, { secondaries: 1 }]);
  });

  it('join again as they are when they start again', async () => {
    for (const secondary of leaving) await secondary.start();
    await cluster.allMembers();
    expect((await cluster.master.client.append('with five', 'all')).status).toBe(201);
    expect(await cluster.agree()).toHaveLength(5);
    expect(leaving.map(incarnationOf)).toEqual(incarnations);
    for (const { output } of leaving) expect(output).not.toMatch(/quarantine|set aside/);
  });

  it('stay members where the others could not commit, stop in any case, and say what to do', async () => {
    await stays.stop();
    const [first, second, last] = leaving as [NodeInProcess, NodeInProcess, NodeInProcess];
    await first.stop();
    await second.stop();
    await last.stop();
    expect(last.output).toContain(`remove it with DELETE /secondaries/${last.nodeId}`);
    expect(await members()).toEqual(['master', stays.nodeId, last.nodeId]);

    await last.start();
    await eventually('the master takes writes', async () => {
      return (await cluster.master.client.append('with three', 1, { timeoutMs: 0 })).status < 300;
    });
  });
});
