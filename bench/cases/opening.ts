/** How much longer does a node take to start with a long log than with an empty one? */
import type { Cluster } from '../../test/support/cluster.js';
import { lengthToOpen } from '../options.js';
import { startNodes } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase, Scene } from './case.js';
import { fill } from './fill.js';

export const OPENING: OwnCase = {
  kind: 'own',
  id: 'opening',
  title: 'opening a log',
  run: async (scene) => {
    const empty = await startNodes(0, { folder: scene.folder });
    const long = await startNodes(0, { folder: scene.folder }).catch(async (error: unknown) => {
      await empty.end();
      throw error;
    });
    try {
      await compare(empty, long, scene);
    } finally {
      await Promise.all([empty.end(), long.end()]);
    }
  },
};

async function compare(empty: Cluster, long: Cluster, scene: Scene): Promise<void> {
  const messages = lengthToOpen(scene.options);
  const many = messages.toLocaleString('en');
  await fill(long.master, messages, 0, scene.signal);
  await eachRound(scene, async () => {
    const base = await restartSeconds(empty);
    const all = await restartSeconds(long);
    scene.findings.observe({ id: 'opening/empty', title: 'start to ready with an empty log', unit: 's' }, base);
    scene.findings.observe({ id: 'opening/long', title: `start to ready with a log of ${many}`, unit: 's' }, all);
    scene.findings.observe({ id: 'opening/more', title: `more for a log of ${many}`, unit: 's' }, all - base);
  });
}

async function restartSeconds(cluster: Cluster): Promise<number> {
  const { master } = cluster;
  await master.stop();
  const startMs = performance.now();
  master.start();
  await cluster.ready(master);
  return (performance.now() - startMs) / 1000;
}
