/** Changes of master as writers of any node see them: held for a moment and passed on, but never refused or cut off. */
import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { FollowingWriters } from '../support/following-writers.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote } from '../support/operator.js';
import { followedBy, violationsOf, writersInEpoch } from '../support/under-writers.js';

const WRITERS = 8;
/** No ping that a busy machine answers late may depose anybody here. */
const UNHURRIED = { HEALTHCHECK_DELAY: '1', HEALTHCHECK_TIMEOUT: '1', HEALTHCHECK_FAILURES: '10' };
/** What a writer may be told while the master is changed as planned. */
const EXPECTED = new Set(['201', '200', '202']);

let cluster: Cluster | undefined;
let writers: FollowingWriters | undefined;
afterEach(async () => {
  await writers?.stop();
  await cluster?.end();
});

describe('writers', () => {
  it('of every node see receipts and nothing else during a transfer, there and back', async () => {
    cluster = await Cluster.start(2, UNHURRIED);
    const [first] = cluster.secondaries as [NodeProcess];
    writers = new FollowingWriters(cluster.nodes.map(({ url }) => url));
    writers.start(WRITERS);
    for (const [place, successor] of [first, cluster.master, first].entries()) {
      await writersInEpoch(writers, WRITERS, place + 1);
      const promoted = await promote(successor);
      expect([promoted.status, promoted.body.outcome, promoted.body.epoch]).toEqual([200, 'promoted', place + 2]);
      await followedBy(successor, 2);
    }
    await writersInEpoch(writers, WRITERS, 4);
    await writers.stop();

    expect([...writers.answers.keys()].filter((answer) => !EXPECTED.has(answer))).toEqual([]);
    expect(await violationsOf(cluster, writers)).toEqual([]);
    for (const node of cluster.nodes) expect(await orphanSets(node)).toEqual([]);
    // The node that was started to be master follows at once, and is ready without another poll.
    await eventually('the old master is ready', () => cluster?.master.client.isReady());
  });

  it('lose and double nothing when a master is killed and another promoted', async () => {
    cluster = await Cluster.start(2, UNHURRIED);
    const [first] = cluster.secondaries as [NodeProcess];
    writers = new FollowingWriters(cluster.nodes.map(({ url }) => url));
    writers.start(WRITERS);
    await writersInEpoch(writers, WRITERS, 1);
    await cluster.master.kill();
    expect((await promote(first)).body).toMatchObject({ outcome: 'promoted', transfer: null });
    await writersInEpoch(writers, WRITERS, 2);
    cluster.master.start();
    await followedBy(first, 2);
    await writers.stop();
    expect(await violationsOf(cluster, writers)).toEqual([]);
  });
});
