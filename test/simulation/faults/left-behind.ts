/**
 * The master is cut off from all others and takes writes that no other node gets. Another node becomes master, and the
 * old one comes back with its records. In some runs the new master is gone by then: the forecast of the next promotion
 * names a log that has to be cut.
 */
import type { Random } from '@replog/contracts/ports.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { BurstOrder } from '../load/burst.js';
import { promoteAsForecast } from '../operator/forecasted.js';
import { reappendSome } from '../operator/reappend.js';
import { isMajorityEverywhere, possibleMemberships } from '../phases/standing.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { isolate } from './isolation.js';

const SUCCESSOR_DIES_CHANCE = 0.4;
const REAPPEND_CHANCE = 0.6;
/** It comes back after this time, whatever the promotion did. */
const AWAY_MS = { least: 800, most: 3_500 };

export const leftBehind: Fault = {
  name: 'master left behind',
  weight: 7,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    if (master === undefined || isFrozen(master)) return null;
    const others = upMachines(scene).filter((machine) => machine !== master && !isFrozen(machine));
    const isSound = (machine: SimulatedNode): boolean => !cluster.isDamaged(machine);
    if (!isMajorityEverywhere(possibleMemberships(cluster), others, isSound)) return null;
    const successor = pick(random, others);
    if (successor === null) return null;
    const letBack = isolate(scene, master);
    scene.burst(random, master, drawBurst(random, 3 + Math.floor(random.next() * 8)));
    const back = once(() => {
      letBack();
      if (random.next() < REAPPEND_CHANCE) later(scene, between(random, 200, 1_500), () => reappendSome(scene, master));
    });
    later(scene, between(random, AWAY_MS.least, AWAY_MS.most), back);
    later(scene, between(random, 20, 400), () => void replace(scene, successor, back));
    return `${master.name}, for ${successor.name}`;
  },
};

/** `back`: lets the old master back. */
async function replace(scene: FaultScene, successor: SimulatedNode, back: () => void): Promise<void> {
  const { cluster, random } = scene;
  const dies = random.next() < SUCCESSOR_DIES_CHANCE;
  const staysMs = between(random, 0, 600);
  if (scene.isOver() || successor.holdsTerm) return;
  const promoted = await promoteAsForecast(cluster, successor);
  if (promoted.kind === 'refused') return;
  cluster.count('masters replaced while they were cut off');
  if (random.next() < 0.5) scene.burst(random, successor, drawBurst(random, 4));
  later(scene, staysMs, () => {
    if (dies) follow(scene, successor);
    back();
  });
}

/** The successor ends as the old master comes back, and the operator promotes a third node. */
function follow(scene: FaultScene, successor: SimulatedNode): void {
  const { cluster, random } = scene;
  if (successor.isUp) cluster.end(successor, random.next() < 0.5 ? 'kill' : 'power');
  later(scene, between(random, 40, 250), () => {
    const able = upMachines(scene).filter((machine) => !machine.holdsTerm && !isFrozen(machine));
    const third = pick(random, able);
    if (third === null) return restartLater(scene, successor);
    void promoteAsForecast(cluster, third).then(() => restartLater(scene, successor));
  });
}

function drawBurst(random: Random, requests: number): BurstOrder {
  const concerns = random.next() < 0.6 ? [0] : [0, 0, 1];
  return { requests, concerns, withinMs: between(random, 10, 400), batchChance: 0.15 };
}

function isFrozen({ process }: SimulatedNode): boolean {
  return process?.isFrozen !== false;
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
