/** A secondary comes back far behind: how many messages a second does it get until it has caught up? */
import { eventually } from '../../test/support/eventually.js';
import type { NodeProcess } from '../../test/support/node-process.js';
import { measure } from '../measure/measured.js';
import { sumOf } from '../measure/syncs.js';
import { metricsOf, Replog } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase, Scene } from './case.js';
import { fill } from './fill.js';

const PATIENCE = { withinMs: 600_000, everyMs: 20 };

export const CATCH_UP: OwnCase = {
  kind: 'own',
  id: 'catch-up',
  title: 'a secondary catches up',
  run: async (scene) => {
    await eachRound(scene, async () => {
      const replog = await Replog.start(scene.version, { folder: scene.folder });
      try {
        await oneRound(replog, scene);
      } finally {
        await replog.end();
      }
    });
  },
};

async function oneRound(replog: Replog, { options, signal, findings }: Scene): Promise<void> {
  const { master, secondaries } = replog.cluster;
  const behind = secondaries.at(-1) as NodeProcess;
  await behind.stop();
  await fill(master, options.messages, 1, signal);
  const goal = await durableIndexOf(master);

  behind.start();
  const first = await eventually('the secondary answers', () => durableIndexOf(behind), PATIENCE);
  const figures = await measure(replog, async () => {
    // The start does not count: time runs from the last moment without any new record.
    let startMs = performance.now();
    await eventually(
      'the secondary has all',
      async () => {
        const askedMs = performance.now();
        // Where the run was interrupted, the node may be gone as well.
        const index = signal.aborted ? goal : await durableIndexOf(behind);
        if (index === first) startMs = askedMs;
        return index >= goal;
      },
      PATIENCE,
    );
    signal.throwIfAborted();
    return { messages: goal - first, seconds: (performance.now() - startMs) / 1000 };
  });
  const title = `a secondary that is ${options.messages.toLocaleString('en')} behind catches up`;
  findings.add({ id: CATCH_UP.id, title, contender: replog.name, clients: null }, figures);
}

const durableIndexOf = async (node: NodeProcess): Promise<number> =>
  sumOf(await metricsOf(node), 'replog_durable_index');
