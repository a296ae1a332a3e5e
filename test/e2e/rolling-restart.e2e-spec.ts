/** Every node of a cluster is restarted, one after the other, the master too: nobody who writes is refused anything. */
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import { FollowingWriters } from '../support/following-writers.js';
import type { NodeInProcess } from '../support/node-in-process.js';
import { writersInEpoch } from '../support/under-writers.js';

const WRITERS = 64;
/** Ten messages for each. */
const MANY = 10;
/** A busy machine answers pings late: no member is lost for that. */
const UNHURRIED = { HEALTHCHECK_DELAY: '0.5', HEALTHCHECK_TIMEOUT: '2', HEALTHCHECK_FAILURES: '10' };
/** What a writer may meet, beside a node that is down. */
const RECEIPTS = new Set(['201', '200', '202']);

let cluster: ClusterInProcess | undefined;
let writers: FollowingWriters | undefined;
afterEach(async () => {
  await writers?.stop();
  await cluster?.end();
});

describe('a rolling restart of three nodes under 64 writers', () => {
  it('refuses no write: the master hands over its term, and writes wait for the next one', async ({ annotate }) => {
    cluster = await ClusterInProcess.start(2, UNHURRIED);
    const nodes = [cluster.master, ...cluster.secondaries];
    writers = new FollowingWriters(nodes.map(({ client }) => client.url));
    writers.start(WRITERS);
    await writersInEpoch(writers, MANY, 1);
    for (const node of nodes) {
      await node.stop();
      await node.start();
      await allHealthy(nodes);
    }
    const [last] = epochsOf(nodes);
    await writersInEpoch(writers, MANY, last ?? 0);
    await writers.stop();

    const met = [...writers.answers.keys()].filter((answer) => !RECEIPTS.has(answer));
    expect(met).toEqual(['ECONNREFUSED']);
    expect(last).toBeGreaterThan(1);
    expect(new Set(epochsOf(nodes)).size).toBe(1);
    const messages = (await cluster.agree()).map(({ message }) => message);
    expect(messages.length).toBe(new Set(messages).size);
    expect(new Set(messages)).toEqual(new Set(writers.writes.map(({ message }) => message)));
    const longestMs = Math.max(...writers.acknowledged.map(({ tookMs }) => tookMs));
    await annotate(`the longest wait of ${writers.writes.length} writes: ${Math.round(longestMs)} ms`);
  });
});

function epochsOf(nodes: readonly NodeInProcess[]): number[] {
  return nodes.map(({ opened }) => opened.node.epoch);
}

/** By the word of whichever is master. */
async function allHealthy(nodes: readonly NodeInProcess[]): Promise<void> {
  await eventually('every member is healthy', async () => {
    const master = nodes.find(({ opened }) => opened.node.holdsTerm);
    const members = (await master?.client.secondaries()) ?? [];
    return members.length === nodes.length - 1 && members.every(({ state }) => state === 'HEALTHY');
  });
}
