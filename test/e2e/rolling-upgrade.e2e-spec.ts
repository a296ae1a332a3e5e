/**
 * A cluster of the build before goes over to this one, node by node, under writers at every node. Only the node that is
 * being restarted sends its writers away.
 */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { earlierBuild } from '../support/earlier-build.js';
import { eventually } from '../support/eventually.js';
import { FollowingWriters } from '../support/following-writers.js';
import { THIS_BUILD } from '../support/node-process.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote } from '../support/operator.js';
import { followedBy, violationsOf, writersInEpoch } from '../support/under-writers.js';

const WRITERS = 4;
/** No ping that a busy machine answers late may depose anybody here. */
const UNHURRIED = { HEALTHCHECK_DELAY: '1', HEALTHCHECK_TIMEOUT: '1', HEALTHCHECK_FAILURES: '10' };
/** The node stops, does not run, starts, or has not heard of a master since: nothing was stored, or the key settles it. */
const WHILE_RESTARTED = ['503 SHUTTING_DOWN', 'ECONNRESET', 'ECONNREFUSED', '503 NOT_READY', '503 NO_MASTER'];
const BUILD_WITHIN_MS = 600_000;

let earlier: string;
let cluster: Cluster | undefined;
let writers: FollowingWriters | undefined;
beforeAll(async () => {
  earlier = await earlierBuild();
}, BUILD_WITHIN_MS);
afterEach(async () => {
  await writers?.stop();
  await cluster?.end();
});

/** The writers of all other nodes go on without a refusal meanwhile. */
async function upgrade(node: NodeProcess, master: NodeProcess, at: FollowingWriters): Promise<void> {
  expect(at.refused).toEqual([]);
  expect(await node.stop()).toEqual({ code: 0, signal: null });
  node.build = THIS_BUILD;
  node.start();
  await followedBy(master, 2);
  await writeOn(at);
  const refused = at.refused.splice(0);
  expect(refused.filter(({ url }) => url !== node.url)).toEqual([]);
  expect(refused.filter(({ answer }) => !WHILE_RESTARTED.includes(answer))).toEqual([]);
}

/** The nodes, as they are now, work together for a while. */
async function writeOn({ acknowledged }: FollowingWriters): Promise<void> {
  const before = acknowledged.length;
  await eventually('the writers go on', () => acknowledged.length > before + 10 * WRITERS);
}

it('a cluster is upgraded node by node, the master last, under writers', { timeout: 180_000 }, async () => {
  cluster = await Cluster.start(2, UNHURRIED, { build: earlier });
  const { master, secondaries, nodes } = cluster;
  const [first] = secondaries as [NodeProcess];
  writers = new FollowingWriters(nodes.map(({ url }) => url));
  writers.start(WRITERS);
  await writersInEpoch(writers, WRITERS, 1);
  for (const secondary of secondaries) {
    await upgrade(secondary, master, writers);
  }
  const promoted = await promote(first);
  expect([promoted.status, promoted.body.outcome, promoted.body.transfer?.nodeId]).toEqual([200, 'promoted', 'master']);
  await followedBy(first, 2);
  await writersInEpoch(writers, WRITERS, 2);
  await upgrade(master, first, writers);
  await writers.stop();

  expect(writers.refused).toEqual([]);
  expect(writers.writes.filter(({ outcome }) => outcome !== 'satisfied' && outcome !== 'pending')).toEqual([]);
  expect(await violationsOf(cluster, writers)).toEqual([]);
  await cluster.agree();
  for (const node of nodes) {
    expect(await orphanSets(node)).toEqual([]);
    expect((await node.client.cluster()).epoch).toBe(2);
  }
});
