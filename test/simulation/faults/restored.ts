/**
 * A machine gets an older copy of its disk back, under its old name: an operator has restored a backup. The copy is taken
 * while the machine is down, and put back once every other node has seen a later start of it. What it held since, and the
 * votes it gave, are gone, as after a lost disk; but its disk still says that it is a member.
 */
import type { DiskCopy } from '@replog/log-store/testing/memory-file-system.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import { incarnationOn, stateOn } from '../cluster/state-on-disk.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { promote } from '../operator/promote.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { mayLose, missingMembers } from './tolerance.js';

const BACK_MS = { least: 600, most: 3_500 };
const TRIES = 8;
const RETRY_MS = 400;
const CHANGE_OF_MASTER_CHANCE = 0.5;

export const restored: Fault = {
  name: 'backed up',
  weight: 2,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || cluster.isDamaged(machine) || incarnationOn(machine) === null) return null;
    cluster.end(machine, 'power');
    const copy = machine.disk.files.copyDurable();
    const starts = stateOn(machine)?.starts ?? 0;
    const incarnation = incarnationOn(machine);
    later(scene, between(random, 20, 200), () => machine.isUp || cluster.start(machine, machine.role));
    let tries = TRIES;
    const tryBack = (): void => {
      if (incarnation !== incarnationOn(machine)) return;
      if (isKnownEverywhere(scene, machine, starts)) putBack(scene, machine, copy);
      else if (--tries > 0) later(scene, RETRY_MS, tryBack);
    };
    later(scene, between(random, BACK_MS.least, BACK_MS.most), tryBack);
    return machine.name;
  },
};

/** Whoever asks it for its vote has seen it since. */
function isKnownEverywhere({ cluster }: FaultScene, machine: SimulatedNode, starts: number): boolean {
  return cluster.machines.every((other) => {
    const seen = stateOn(other)?.seen?.[machine.name];
    return other === machine || (seen?.incarnation === incarnationOn(machine) && seen.starts > starts);
  });
}

function putBack(scene: FaultScene, machine: SimulatedNode, copy: DiskCopy): void {
  const { cluster } = scene;
  if (!mayLose(scene, machine)) return;
  if (missingMembers(scene) > 0) cluster.count('disks lost while another was missing');
  cluster.count('restored from a backup');
  restoreDisk(cluster, machine, copy);
  if (scene.random.next() < CHANGE_OF_MASTER_CHANCE) changeMaster(scene, machine);
  else restartLater(scene, machine);
}

/** The master that knows what the machine acknowledged is gone before it is back, and another node asks it for its vote. */
function changeMaster(scene: FaultScene, machine: SimulatedNode): void {
  const { cluster, random } = scene;
  for (const master of cluster.mastersInTerm) {
    cluster.end(master, 'kill');
    restartLater(scene, master);
  }
  later(scene, between(random, 20, 100), () => {
    if (!machine.isUp) cluster.start(machine, 'secondary');
    const candidate = pick(
      random,
      upMachines(scene).filter((other) => other !== machine && other.process?.isFrozen === false),
    );
    later(scene, between(random, 5, 60), () => {
      if (candidate !== null) void promote(cluster, candidate, { dryRun: false, force: false });
    });
  });
}

/** The process of `machine` ends, and its disk is as it was when `copy` was made. */
function restoreDisk(cluster: SimulatedCluster, machine: SimulatedNode, copy: DiskCopy): void {
  const log = cluster.logOf(machine);
  const before = log.copies();
  const incarnation = incarnationOn(machine);
  cluster.end(machine, 'power');
  log.wiped();
  machine.disk.files.restore(copy);
  log.touch();
  const left = log.copies();
  cluster.takeAway(
    machine,
    [...before].filter((text) => !left.has(text)),
  );
  if (incarnation !== null) machine.forgotten.add(incarnation);
}
