/** More requests at once than a master with a slow disk has room for. */
import type { WriteConcern } from '@replog/contracts/views.js';
import { between, later } from './fault.js';
import type { Fault } from './fault.js';

const CONCERNS: readonly WriteConcern[] = [0, 1, 'majority', 'all'];
const SLOW_MS = 300;

export const burst: Fault = {
  name: 'burst of writes',
  weight: 3,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    if (master === undefined || master.process?.isFrozen !== false) return null;
    const before = 0.4;
    master.disk.slownessMs = between(random, 20, 90);
    later(scene, SLOW_MS, () => (master.disk.slownessMs = before));
    const requests = 8 + Math.floor(random.next() * 16);
    scene.burst(random, master, { requests, concerns: CONCERNS, withinMs: random.next() * 25, batchChance: 0.5 });
    return `${master.name}, ${requests} requests`;
  },
};
