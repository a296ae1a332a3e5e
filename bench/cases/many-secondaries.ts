/** What secondaries cost the master: many idle ones, and each one more under load. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster } from '../../test/support/cluster.js';
import { cpuSecondsOf } from '../measure/process-accounts.js';
import { Replog, startNodes } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase, Scene } from './case.js';
import { oneRound } from './compared.js';

const FEW = 2;
const MANY = 50;
/** A node needs the most of a processor while it starts: those that do at a time. */
const STARTED_AT_A_TIME = 5;
/** Pings come every two seconds: so many rounds of them make a figure. */
const IDLE_SECONDS = 10;

export const IDLE: OwnCase = {
  kind: 'own',
  id: 'idle',
  title: `${MANY} secondaries that are connected and idle`,
  run: async (scene) => {
    const cluster = await startNodes(FEW, { folder: scene.folder });
    try {
      const few = await idleShares(cluster, FEW, scene);
      while (cluster.secondaries.length < MANY) await startMore(cluster, STARTED_AT_A_TIME, scene.signal);
      const many = await idleShares(cluster, MANY, scene);
      const each = { id: `${IDLE.id}/each`, title: 'for each idle secondary more', unit: '% of a processor' };
      many.forEach((share, round) => scene.findings.observe(each, (share - (few[round] ?? 0)) / (MANY - FEW)));
    } finally {
      await cluster.end();
    }
  },
};

/** Of one processor, in percent, that the master uses while nothing is asked of it: one figure a round. */
async function idleShares(cluster: Cluster, count: number, scene: Scene): Promise<number[]> {
  const title = `CPU of a master with ${count} idle secondaries`;
  const shares: number[] = [];
  await eachRound(scene, async () => {
    const processes = [cluster.master.pid];
    const before = cpuSecondsOf(processes);
    const startMs = performance.now();
    await wait(IDLE_SECONDS * 1000, undefined, { signal: scene.signal });
    const share = (100 * (cpuSecondsOf(processes) - before)) / ((performance.now() - startMs) / 1000);
    scene.findings.observe({ id: `${IDLE.id}/${count}`, title, unit: '% of a processor' }, share);
    shares.push(share);
  });
  return shares;
}

async function startMore(cluster: Cluster, count: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const room = MANY - cluster.secondaries.length;
  for (let number = 0; number < Math.min(count, room); number++) (await cluster.addSecondary()).start();
  await cluster.allMembers();
}

const COUNTS = [1, 2, 4, 8] as const;

export const ADDED: OwnCase = {
  kind: 'own',
  id: 'added',
  title: 'one secondary more, and more, beside the load',
  run: async (scene) => {
    const replog = await Replog.start(scene.version, { folder: scene.folder }, 1);
    const load = { clients: 64, batch: 1, seconds: scene.options.seconds, concern: 1 } as const;
    const costs = new Map<number, number>();
    try {
      await replog.run(load);
      for (const count of COUNTS) {
        while (replog.cluster.secondaries.length < count) (await replog.cluster.addSecondary()).start();
        await replog.cluster.allMembers();
        await eachRound(scene, async () => {
          const figures = await oneRound(replog, load);
          const [id, title] = [`${ADDED.id}/${count}`, `${count} secondaries, 64 clients, write concern 1`];
          scene.findings.add({ id, title, contender: replog.name, clients: load.clients }, figures);
          const known = costs.get(count) ?? Number.POSITIVE_INFINITY;
          costs.set(count, Math.min(known, figures.cpuUs ?? Number.NaN));
        });
      }
    } finally {
      await replog.end();
    }
    observeCosts(costs, scene);
  },
};

/** Linear: the last ones that were added cost no more each than those before; one alone costs less than rounds differ. */
function observeCosts(costs: ReadonlyMap<number, number>, { findings }: Scene): void {
  const perSecondary = (from: number, to: number): number =>
    ((costs.get(to) ?? Number.NaN) - (costs.get(from) ?? Number.NaN)) / (to - from);
  const [first, last] = [perSecondary(1, 4), perSecondary(4, 8)];
  const unit = 'µs of all nodes a message';
  findings.observe({ id: `${ADDED.id}/first`, title: 'for each of the second to fourth secondary', unit }, first);
  findings.observe({ id: `${ADDED.id}/last`, title: 'for each of the fifth to eighth secondary', unit }, last);
  findings.observe({ id: `${ADDED.id}/linear`, title: 'the latter against the former', unit: '×' }, last / first);
}
