/** What disks do. */
import { LACKS } from '../engine/disk.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault } from './fault.js';
import { mayLose, missingMembers } from './tolerance.js';

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

/** Operations begin and do not end, until the disk goes on. */
export const hungDisk: Fault = {
  name: 'disk hangs',
  weight: 3,
  strike: (scene) => {
    const machine = pick(scene.random, upMachines(scene));
    if (machine === null) return null;
    machine.disk.hang();
    later(scene, between(scene.random, 200, 8_000), () => machine.disk.release());
    return machine.name;
  },
};

/** The same, of the master or of one of the others while there is a master, for about as long as a story takes. */
export const grayDisk: Fault = {
  name: 'gray disk',
  weight: 1,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    if (master === undefined) return null;
    const others = upMachines(scene).filter((machine) => machine !== master);
    const machine = random.next() < 0.4 ? master : pick(random, others);
    if (machine === null) return null;
    machine.disk.hang();
    later(scene, between(random, 1_800, 2_200), () => machine.disk.release());
    return machine === master ? `of the master ${machine.name}` : machine.name;
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

/** Descriptors, memory or space are lacking for every operation, and come back. */
export const lack: Fault = {
  name: 'something lacking',
  weight: 3,
  strike: (scene) => {
    const machine = pick(scene.random, scene.cluster.machines);
    const lacking = pick(scene.random, LACKS);
    if (machine === null || machine.disk.lack !== null) return null;
    machine.disk.lack = lacking;
    later(scene, between(scene.random, 200, 4_000), () => (machine.disk.lack = null));
    return `${machine.name}, ${lacking}`;
  },
};

/** A disk replaced by an empty one, under the old name. */
export const wipedDisk: Fault = {
  name: 'disk wiped',
  weight: 2,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || !mayLose(scene, machine)) return null;
    if (missingMembers(scene) > 0) cluster.count('disks lost while another was missing');
    cluster.end(machine, 'wipe');
    machine.role = 'secondary';
    restartLater(scene, machine);
    return machine.name;
  },
};

/**
 * The same, and the machine starts as master: it founds a second cluster until it hears of its own. No client is led to a
 * machine that has just come back empty (see `Clients.ask`).
 */
export const wipedAsMaster: Fault = {
  name: 'wiped and started as master',
  weight: 2,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || !mayLose(scene, machine)) return null;
    cluster.end(machine, 'wipe');
    later(scene, between(random, 50, 2_000), () => {
      if (!machine.isUp) cluster.start(machine, 'master');
    });
    return machine.name;
  },
};
