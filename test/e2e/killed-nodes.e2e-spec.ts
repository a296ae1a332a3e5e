import { afterEach, describe, expect, it } from 'vitest';
import { checkHistory } from '../checkers/check-history.js';
import type { NodeLog } from '../checkers/history.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { Writers } from '../support/writers.js';

const WRITERS = 64;
const PLAN = { name: 'w', concerns: [0, 1, 2, 'majority', 'all'], keyEvery: 3, timeoutMs: 400 };
/** Writes that have to be satisfied before the next blow: the cluster works again, and many are under way. */
const BETWEEN_BLOWS = 150;
/** A history that is wrong is mostly wrong in many places: the first few say it. */
const SHOWN = 10;

let cluster: Cluster | undefined;
let writers: Writers | undefined;
afterEach(async () => {
  await Promise.all([writers?.stop(), cluster?.end()]);
});

async function moreSatisfied(of: Writers): Promise<void> {
  const enough = of.satisfied + BETWEEN_BLOWS;
  await eventually(`${enough} writes are satisfied`, () => of.satisfied >= enough, { withinMs: 40_000 });
}

async function logOf(node: NodeProcess): Promise<NodeLog> {
  return { nodeId: node.nodeId, messages: await node.client.messages() };
}

describe('nodes killed in the middle of 64 writers', () => {
  it('keep every acknowledged write once and in one order, whoever is killed and however often', async () => {
    cluster = await Cluster.start(2);
    const { nodes, master, secondaries } = cluster;
    writers = new Writers(() => master.client, PLAN);
    writers.start(WRITERS);
    for (const victims of [nodes, [master], secondaries, [master], nodes]) {
      await moreSatisfied(writers);
      await Promise.all(victims.map((node) => node.kill()));
      for (const node of victims) node.start();
    }
    await moreSatisfied(writers);
    await writers.stop();
    await cluster.allMembers();
    await cluster.agree();

    const logs = await Promise.all(nodes.map(logOf));
    expect(checkHistory({ writes: writers.writes, logs }).slice(0, SHOWN)).toEqual([]);
    expect([...writers.statuses.keys()].filter((status) => ![200, 201, 202, 503].includes(status))).toEqual([]);
  });
});
