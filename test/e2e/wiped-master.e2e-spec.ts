/** The disk of a master is replaced by an empty one, and the node is started as master again. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { orphanSets, promote } from '../support/operator.js';
import { freePort } from '../support/ports.js';

const idOf = async ({ client }: NodeInProcess): Promise<string | null> => (await client.cluster()).clusterId;
/** Does it live, is it ready, and to which cluster does it belong? */
async function statusesOf(node: NodeInProcess): Promise<unknown[]> {
  const lives = await node.client.get('/healthcheck');
  const ready = await node.client.get('/healthcheck/ready');
  return [lives.status, ready.status, await idOf(node)];
}
const textsOf = async ({ client }: NodeInProcess): Promise<unknown[]> =>
  (await client.messages()).map(({ message }) => message);

describe('a node with PEERS and an empty directory that is started as master', () => {
  let nodes: NodeInProcess[];
  afterEach(async () => {
    for (const node of nodes.toReversed()) await node.end();
  });

  it('waits for a majority of them, founds a cluster, and joins it when it comes back wiped', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const [masterPort, ...secondaryPorts] = ports.map(String) as [string, string, string];
    const PEERS = ports.map((port) => `http://127.0.0.1:${port}`).join(',');
    const common = { PEERS, MASTER_PORT: masterPort, ELECTION_TIMEOUT: '1', HEARTBEAT: '0.1' };
    const founder = await NodeInProcess.start('n0', { ...common, SERVER_TYPE: 'master' });
    nodes = [founder];
    await eventually('it says what it waits for', () => /0 of the 1 PEERS answer/.test(founder.output));
    expect(await statusesOf(founder)).toEqual([200, 503, null]);
    for (const [index, port] of secondaryPorts.entries()) {
      nodes.push(
        await NodeInProcess.start(`n${index + 1}`, { ...common, SERVER_TYPE: 'secondary', SECONDARY_PORT: port }),
      );
    }
    const [, first] = nodes as [NodeInProcess, NodeInProcess];
    await eventually('three are members', async () => (await first.client.append('a', 2)).status === 201);
    const own = await idOf(founder);

    await founder.stop();
    founder.wipe();
    await founder.start();
    await eventually('it has what was written', async () => (await textsOf(founder)).length === 1);
    expect(await idOf(founder)).toBe(own);
    expect(founder.output.match(/started cluster /g)).toHaveLength(1);
    expect(await orphanSets(founder)).toEqual([]);
    await eventually('a write has three copies', async () => (await first.client.append('b', 2)).status === 201);
  });

  it('can be stopped while it waits', async () => {
    nodes = [await NodeInProcess.master({ PEERS: 'http://127.0.0.1:9' })];
    await nodes[0]?.stop();
    expect(nodes[0]?.output).toContain('stopped');
  });
});

describe('a wiped node that is started as master', () => {
  let cluster: ClusterInProcess;
  afterEach(() => cluster.end());

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
