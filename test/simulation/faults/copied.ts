/** A copy of a directory is started beside its original, while every node can ask the original whether it lives. */
import { incarnationOn } from '../cluster/state-on-disk.js';
import { between, later, pick } from './fault.js';
import type { Fault } from './fault.js';
import { isIntact } from './intact.js';

export const copied: Fault = {
  name: 'directory copied',
  // Among other faults it hardly ever comes to a moment of calm: it is drawn as a story.
  weight: 0,
  aloneMs: 3_000,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || incarnationOn(machine) === null) return null;
    if (!cluster.network.isCalm || !isIntact(scene, machine)) return null;
    const areAnswering = cluster.machines.every(
      ({ door, process, isStopping }) => door?.closing === null && !isStopping && process?.isFrozen === false,
    );
    if (!areAnswering) return null;
    cluster.copies.start(machine, cluster.masterUrl);
    later(scene, between(random, 500, 4_000), () => cluster.copies.end());
    return machine.name;
  },
};
