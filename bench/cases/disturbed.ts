/** One secondary is slow or dead. What do writers notice whose concern the others can meet? */
import type { Load } from '../load/load.js';
import type { Cluster } from '../../test/support/cluster.js';
import type { NodeProcess } from '../../test/support/node-process.js';
import { Replog } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase } from './case.js';
import { oneRound } from './compared.js';

const SLOW_SECONDS = '1';

type Disturbance = 'healthy' | 'slow' | 'dead';

const TITLES: Record<Disturbance, string> = {
  healthy: 'three secondaries, all well',
  slow: `three secondaries, one slow by ${SLOW_SECONDS} s`,
  dead: 'three secondaries, one dead',
};

export const DISTURBED: OwnCase = {
  kind: 'own',
  id: 'disturbed',
  title: 'a slow and a dead secondary beside the load',
  run: async (scene) => {
    const replog = await Replog.start(scene.version, { folder: scene.folder }, 3);
    const order: Disturbance[] = ['healthy', 'slow', 'dead'];
    const load: Load = { clients: 64, batch: 1, seconds: scene.options.seconds, concern: 1 };
    try {
      await replog.run(load);
      await eachRound(scene, async () => {
        const p99: Partial<Record<Disturbance, number | null>> = {};
        for (const disturbance of order) {
          await disturb(replog.cluster, disturbance);
          const figures = await oneRound(replog, load);
          const [id, title] = [`${DISTURBED.id}/${disturbance}`, `${TITLES[disturbance]}, 64 clients, write concern 1`];
          scene.findings.add({ id, title, contender: replog.name, clients: load.clients }, figures);
          p99[disturbance] = figures.p99Ms;
        }
        // Later variants find warmer code, so each is first once.
        order.push(...order.splice(0, 1));
        for (const disturbance of ['slow', 'dead'] as const) {
          const title = `p99 beside a ${disturbance} secondary, against none such in the same round`;
          const change = 100 * ((p99[disturbance] ?? Number.NaN) / (p99.healthy ?? Number.NaN) - 1);
          scene.findings.observe({ id: `${DISTURBED.id}/${disturbance}-p99`, title, unit: '%' }, change);
        }
      });
    } finally {
      await replog.end();
    }
  },
};

async function disturb(cluster: Cluster, disturbance: Disturbance): Promise<void> {
  const odd = cluster.secondaries.at(-1) as NodeProcess;
  await odd.kill();
  if (disturbance === 'dead') return cluster.inState(odd, 'UNREACHABLE');
  odd.start(disturbance === 'slow' ? { DELAY: SLOW_SECONDS } : {});
  await cluster.ready(odd);
  await cluster.inState(odd, 'HEALTHY');
  return undefined;
}
