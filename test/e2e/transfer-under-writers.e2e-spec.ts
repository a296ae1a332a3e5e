/** Changes of master as writers of any node see them: held for a moment and passed on, but never refused or cut off. */
import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { FollowingWriters } from '../support/following-writers.js';
import type { NodeClient } from '../support/node-client.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote } from '../support/operator.js';
import { nextTick } from '../support/ticks.js';
import { followedBy, violationsOf, writersInEpoch } from '../support/under-writers.js';
import { Writers } from '../support/writers.js';

const WRITERS = 8;
const KEYLESS = 4;
/** No ping that a busy machine answers late may depose anybody here. */
const UNHURRIED = { HEALTHCHECK_DELAY: '1', HEALTHCHECK_TIMEOUT: '1', HEALTHCHECK_FAILURES: '10' };
/** What a writer may be told while the master is changed as planned. */
const EXPECTED = new Set(['201', '200', '202']);

let cluster: Cluster | undefined;
let writers: FollowingWriters | undefined;
let keyless: Writers | undefined;
afterEach(async () => {
  await writers?.stop();
  await keyless?.stop();
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
    let turn = 0;
    const secondaries = cluster.secondaries.map(({ client }) => client);
    const atSecondary = (): NodeClient => secondaries[turn++ % secondaries.length] as NodeClient;
    keyless = new Writers(atSecondary, { name: 'keyless', concerns: [1], keyEvery: 0, timeoutMs: 5_000 });
    keyless.start(KEYLESS);
    await writersInEpoch(writers, WRITERS, 1);
    const killedAt = nextTick();
    await cluster.master.kill();
    expect((await promote(first)).body).toMatchObject({ outcome: 'promoted', transfer: null });
    await writersInEpoch(writers, WRITERS, 2);
    cluster.master.start();
    await followedBy(first, 2);
    await Promise.all([writers.stop(), keyless.stop()]);
    expect(await violationsOf(cluster, { writes: [...writers.writes, ...keyless.writes] })).toEqual([]);

    // What was in flight without a key has an outcome too: each write got an answer, and one of these.
    expect([...keyless.statuses.keys()].filter((status) => ![200, 201, 202, 503, 504].includes(status))).toEqual([]);
    const unknown = keyless.writes.filter(({ outcome }) => outcome === 'unknown');
    expect(unknown).toHaveLength(keyless.statuses.get(504) ?? 0);
    const inFlight = keyless.writes.filter(({ beganAt, endedAt }) => beganAt < killedAt && endedAt > killedAt);
    expect(inFlight.map(({ key }) => key)).toEqual(inFlight.map(() => null));
    expect(inFlight.length).toBeGreaterThan(0);
  });
});
