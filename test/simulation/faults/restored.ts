/**
 * A machine gets an older copy of its disk back, under its old name: an operator has restored a backup. The copy is taken
 * while the machine is down, and put back once every other node has seen a later start of it. What it held since, and the
 * votes it gave, are gone, as after a lost disk; but its disk still says that it is a member.
 */
import type { Membership } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
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
/** It is back before the other faults begin. */
const ALONE_MS = 6_000;

export const restored = restoredWith(0.5);
/** It comes back to the master that knows what it acknowledged. */
export const restoredInTerm = restoredWith(0);
/** It comes back while another node asks for its vote. */
export const restoredBetweenTerms = restoredWith(1);

function restoredWith(changeOfMasterChance: number): Fault {
  const strike: Fault['strike'] = (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || cluster.isDamaged(machine) || incarnationOn(machine) === null) return null;
    if (isAloneIn(cluster, machine)) return null;
    cluster.end(machine, 'kill');
    const copy = machine.disk.files.copyDurable();
    const starts = stateOn(machine)?.starts ?? 0;
    const incarnation = incarnationOn(machine);
    startSoon(scene, machine);
    let tries = TRIES;
    const tryBack = (): void => {
      if (incarnation !== incarnationOn(machine)) return;
      if (isKnownEverywhere(scene, machine, starts)) putBack(scene, machine, copy, changeOfMasterChance);
      else if (--tries > 0) later(scene, RETRY_MS, tryBack);
    };
    later(scene, between(random, BACK_MS.least, BACK_MS.most), tryBack);
    return machine.name;
  };
  return { name: 'backed up', weight: 2, aloneMs: ALONE_MS, strike };
}

/** Its copy would name no other node: restored, it has nobody to ask what it has forgotten. */
function isAloneIn({ logOf }: SimulatedCluster, machine: SimulatedNode): boolean {
  const record = logOf(machine).all.findLast(({ kind }) => kind === RecordKind.Membership);
  const members = record === undefined ? [] : (JSON.parse(record.text) as Membership).members;
  return members.every(({ nodeId }) => nodeId === machine.name) && logOf(machine).lastIndex > 0;
}

/** Whoever asks it for its vote has seen it since. */
function isKnownEverywhere({ cluster }: FaultScene, machine: SimulatedNode, starts: number): boolean {
  return cluster.machines.every((other) => {
    const seen = stateOn(other)?.seen?.[machine.name];
    return other === machine || (seen?.incarnation === incarnationOn(machine) && seen.starts > starts);
  });
}

function putBack(scene: FaultScene, machine: SimulatedNode, copy: DiskCopy, changeOfMasterChance: number): void {
  const { cluster } = scene;
  if (!mayLose(scene, machine)) return;
  if (missingMembers(scene) > 0) cluster.count('disks lost while another was missing');
  cluster.count('restored from a backup');
  restoreDisk(cluster, machine, copy);
  if (scene.random.next() < changeOfMasterChance) changeMaster(scene, machine);
  else startSoon(scene, machine);
}

/** The operator waits for nothing else. */
function startSoon(scene: FaultScene, machine: SimulatedNode): void {
  const { cluster, random } = scene;
  later(scene, between(random, 20, 200), () => machine.isUp || cluster.start(machine, machine.role));
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
