/** Is a node with a long log as fast as with a new one, and does it need more memory? */
import { largestMemoryOf } from '../measure/process-accounts.js';
import { lengthToOpen } from '../options.js';
import { Replog } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase, Scene } from './case.js';
import { oneRound } from './compared.js';
import { fill } from './fill.js';

/** Before the first figure: all buffers have their size by then, and all code has been compiled. */
const WARM_UP = 200_000;
const ONE_CLIENT = { clients: 1, batch: 1, concern: 1 } as const;

export const GROWTH: OwnCase = {
  kind: 'own',
  id: 'growth',
  title: 'a log that has grown long against itself when it was new',
  run: (scene) =>
    eachRound(scene, async () => {
      const replog = await Replog.start(scene.version, { folder: scene.folder });
      try {
        await compare(replog, scene);
      } finally {
        await replog.end();
      }
    }),
};

async function compare(replog: Replog, { options, signal, findings }: Scene): Promise<void> {
  const messages = lengthToOpen(options);
  const warmUp = Math.min(WARM_UP, messages / 10);
  const load = { ...ONE_CLIENT, seconds: options.seconds };
  const measured = async (id: string, title: string): Promise<{ p50Ms: number; residentMiB: number }> => {
    const figures = await oneRound(replog, load);
    findings.add({ id: `${GROWTH.id}/${id}`, title, contender: replog.name, clients: load.clients }, figures);
    const residentMiB = largestMemoryOf(replog.processes)?.residentMiB ?? Number.NaN;
    return { p50Ms: figures.p50Ms ?? Number.NaN, residentMiB };
  };
  await fill(replog.cluster.master, warmUp, 1, signal);
  const first = await measured('new', `one client, after ${warmUp.toLocaleString('en')} messages`);
  await fill(replog.cluster.master, messages - warmUp, 1, signal);
  const last = await measured('long', `one client, after ${messages.toLocaleString('en')} messages`);

  const p50 = { id: `${GROWTH.id}/p50`, title: 'p50 of a long log, against the same one when it was new', unit: '%' };
  findings.observe(p50, 100 * (last.p50Ms / first.p50Ms - 1));
  const memory = { id: `${GROWTH.id}/memory`, title: 'memory that a log holds more when it is long', unit: 'MiB' };
  findings.observe(memory, last.residentMiB - first.residentMiB);
}
