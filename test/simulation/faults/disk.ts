/** What disks do. */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { isIntact } from './intact.js';

export const slowDisk: Fault = {
  name: 'slow disk',
  weight: 3,
  strike: (scene) => {
    const machine = pick(scene.random, scene.cluster.machines);
    if (machine === null) return null;
    const before = 0.4;
    machine.disk.slownessMs = between(scene.random, 5, 120);
    later(scene, between(scene.random, 200, 3_000), () => (machine.disk.slownessMs = before));
    return machine.name;
  },
};

export const failedSync: Fault = {
  name: 'sync failed',
  weight: 2,
  strike: (scene) => {
    const machine = pick(scene.random, upMachines(scene));
    if (machine === null) return null;
    machine.disk.failsNext = true;
    later(scene, between(scene.random, 500, 4_000), () => {
      if (!machine.isUp) restartLater(scene, machine);
    });
    return machine.name;
  },
};

export const fullDisk: Fault = {
  name: 'disk full',
  weight: 2,
  strike: (scene) => {
    const machine = pick(scene.random, scene.cluster.machines);
    if (machine === null || machine.disk.files.capacityBytes !== null) return null;
    const { files } = machine.disk;
    files.capacityBytes = 1;
    later(scene, between(scene.random, 200, 5_000), () => (files.capacityBytes = null));
    return machine.name;
  },
};

/** A disk replaced by an empty one, under the old name, while all others are whole. */
export const wipedDisk: Fault = {
  name: 'disk wiped',
  weight: 1.5,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || !isIntact(scene, machine)) return null;
    cluster.end(machine, 'wipe');
    machine.role = 'secondary';
    restartLater(scene, machine);
    return machine.name;
  },
};

/** A bit of an older record turns while the machine is down. */
export const bitFlip: Fault = {
  name: 'bit flipped',
  weight: 1.5,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || !isIntact(scene, machine)) return null;
    cluster.end(machine, 'kill');
    machine.role = 'secondary';
    const flipped = flip(scene, machine);
    restartLater(scene, machine);
    return flipped === null ? `${machine.name}, but nothing to flip` : `${machine.name}, record ${flipped}`;
  },
};

/** Not among the newest: damage to the very last write cannot be told from a torn one, and passes for lost. */
const NEWEST_LEFT_ALONE = 40;
const BATCH_FIELD = { from: 8, to: 12 };

function flip({ cluster, random }: FaultScene, machine: SimulatedNode): number | null {
  const log = cluster.logOf(machine);
  const index = 1 + Math.floor(random.next() * (log.lastIndex - NEWEST_LEFT_ALONE));
  const record = log.at(index);
  if (record === undefined) return null;
  let place = Math.floor(random.next() * (record.end - record.at));
  if (place >= BATCH_FIELD.from && place < BATCH_FIELD.to) place = BATCH_FIELD.to;
  const { files } = machine.disk;
  const path = files
    .durableNames()
    .filter((name) => name.startsWith(`${machine.directory}/log/`) && name.endsWith('.log'))
    .findLast((name) => Number(name.slice(-24, -4)) <= index);
  if (path === undefined) return null;
  files.damage(path, record.at + place, (byte) => byte ^ (1 << Math.floor(random.next() * 8)));
  cluster.noteDamage(machine);
  log.forgiveFrom(index);
  log.touch();
  return index;
}
