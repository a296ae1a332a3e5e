/**
 * Rounds of load on all contenders in turn (ours, theirs, ours, theirs). Other load on the machine hits all of them
 * alike, so ratios hold where absolute figures do not.
 */
import type { Load } from '../load/load.js';
import { measure } from '../measure/measured.js';
import type { Figures } from '../measure/measured.js';
import type { Contender } from '../peers/contender.js';
import type { ComparedCase, Scene } from './case.js';
import { eachRound } from './case.js';

/** Code is compiled, buffers and the heap have their size: not measured. No longer than a round. */
const WARM_UP_SECONDS = 2;

/** What to load each contender with, of which `clients` may be tried out first. */
export type Aim = Omit<Load, 'seconds' | 'clients'> & { readonly clients: readonly [number, ...number[]] };

export function comparedCase(id: string, title: string, aim: Aim): ComparedCase {
  return {
    kind: 'compared',
    id,
    title,
    run: async (scene, contenders) => {
      const taking = contenders.filter((contender) => contender.canTake({ ...aim, clients: 1, seconds: 1 }));
      const loads = new Map<Contender, Load>();
      for (const contender of taking) loads.set(contender, await bestLoad(contender, aim, scene));
      await eachRound(scene, async () => {
        for (const [contender, load] of loads) {
          const figures = await oneRound(contender, load);
          scene.findings.add({ id, title, contender: contender.name, clients: load.clients }, figures);
        }
      });
    },
  };
}

export function oneRound(contender: Contender, load: Load): Promise<Figures> {
  return measure(contender, async () => {
    const { requests, ...rest } = await contender.run(load);
    return { ...rest, messages: requests * load.batch };
  });
}

/** Warms up, too. Where there are several numbers of clients, the one with most messages a second. */
async function bestLoad(contender: Contender, aim: Aim, { options, signal }: Scene): Promise<Load> {
  let best: Load = { ...aim, clients: aim.clients[0], seconds: options.seconds };
  let most = -1;
  // The first to be tried must not be the worse for having been first.
  const tries = aim.clients.length > 1 ? [aim.clients[0], ...aim.clients] : aim.clients;
  const warmUp = Math.min(WARM_UP_SECONDS, options.seconds);
  for (const clients of tries) {
    signal.throwIfAborted();
    const { requests, seconds } = await contender.run({ ...aim, clients, seconds: warmUp });
    if (requests / seconds <= most) continue;
    most = requests / seconds;
    best = { ...best, clients };
  }
  return best;
}
