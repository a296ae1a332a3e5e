/** The disk of a master is replaced by an empty one, and the node is started as master again. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import type { NodeInProcess } from '../support/node-in-process.js';
import { orphanSets, promote } from '../support/operator.js';

let cluster: ClusterInProcess;
afterEach(() => cluster.end());

const idOf = async ({ client }: NodeInProcess): Promise<string | null> => (await client.cluster()).clusterId;
const textsOf = async ({ client }: NodeInProcess): Promise<unknown[]> =>
  (await client.messages()).map(({ message }) => message);

describe('a wiped node that is started as master', () => {
  it('gives up the cluster it founds for the one that lists it, and joins that when it has a master', async () => {
    cluster = await ClusterInProcess.start(2);
    const { master: wiped, secondaries } = cluster;
    const [first] = secondaries as [NodeInProcess];
    const own = await idOf(wiped);
    expect((await wiped.client.append('a', 2)).status).toBe(201);
    await wiped.stop();
    wiped.wipe();
    await wiped.start();

    // Nobody was promoted: its members look for a master at its address.
    await eventually('it gives up its cluster', () => wiped.output.includes('gave up the empty cluster'));
    const view = await wiped.client.cluster();
    expect([view.role, view.clusterId]).toEqual(['secondary', null]);

    // On a busy machine the others may be late with their answers.
    await eventually('the operator promotes another', async () => (await promote(first)).status === 200);
    await eventually('it is a member', async () => {
      const members = await first.client.secondaries();
      return members.filter(({ state }) => state === 'HEALTHY').length === 2;
    });
    expect(await idOf(wiped)).toBe(own);
    expect((await first.client.append('b', 2)).status).toBe(201);
    expect(await textsOf(wiped)).toEqual(['a', 'b']);
    expect(await orphanSets(wiped)).toMatchObject([{ firstIndex: 1, lastIndex: 2 }]);
  });

  it('keeps its cluster once it has a message, and both clusters are named', async () => {
    cluster = await ClusterInProcess.start(1);
    const { master: wiped, secondaries } = cluster;
    const [other] = secondaries as [NodeInProcess];
    const own = await idOf(other);
    await other.stop();
    await wiped.stop();
    wiped.wipe();
    await wiped.start();
    const founded = await idOf(wiped);
    expect((await wiped.client.append('mine', 0)).status).toBe(201);
    await other.start();

    const sentence = new RegExp(`cluster ${own} lists master as a member, but master belongs to cluster ${founded}`);
    await eventually('it says why it stays', () => sentence.test(wiped.output));
    expect(wiped.output).toMatch(/it has taken messages of its own \(1\)/);
    expect([await idOf(wiped), await textsOf(wiped)]).toEqual([founded, ['mine']]);
    // What a node of its own cluster passes on to this address is for another master.
    const headers = { 'content-type': 'application/json', 'x-replog-cluster': own as string };
    const written = await wiped.client.request<Problem>('POST', '/messages/0', {
      headers,
      body: '{"message":"theirs"}',
    });
    const listed = await wiped.client.get<Problem>('/secondaries', headers);
    expect([written, listed].map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([503, 'NO_MASTER']));
    expect(written.body.detail).toContain(`the master of cluster ${own}`);
    expect(await textsOf(wiped)).toEqual(['mine']);
    expect([await idOf(other), (await wiped.client.cluster()).role]).toEqual([own, 'master']);
  });
});
