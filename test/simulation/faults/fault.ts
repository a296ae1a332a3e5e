/** One kind of fault: how often it is drawn, and what it does. */
import type { Random } from '@replog/contracts/ports.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { BurstOrder } from '../load/burst.js';

export interface FaultScene {
  readonly cluster: SimulatedCluster;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Is the phase of faults over? Then planned steps are dropped. */
  readonly isOver: () => boolean;
  /** Many clients send at once, to this machine. */
  readonly burst: (random: Random, target: SimulatedNode, order: BurstOrder) => void;
}

export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** How long no other fault is drawn where a run begins with it. */
  readonly aloneMs?: number;
  /** Answers what it did, and to which node; `null` if it was not possible now. */
  strike(scene: FaultScene): string | null;
}

export function pick<Item>(random: Random, items: readonly Item[]): Item | null {
  return items[Math.floor(random.next() * items.length)] ?? null;
}

export function between(random: Random, low: number, high: number): number {
  return low + random.next() * (high - low);
}

export function upMachines({ cluster }: Pick<FaultScene, 'cluster'>): SimulatedNode[] {
  return cluster.machines.filter((machine) => machine.isUp);
}

/** Runs later, unless the phase of faults is over by then. Like a strike it ends the copy of a directory: see `Copies`. */
export function later(scene: FaultScene, ms: number, run: () => void): void {
  scene.scheduler.after(ms, () => {
    if (scene.isOver()) return;
    scene.cluster.copies.end();
    run();
  });
}

/** Starts a machine again after a while, in some role. */
export function restartLater(scene: FaultScene, machine: SimulatedNode): void {
  const { cluster, random } = scene;
  later(scene, between(random, 50, 4_000), () => {
    if (machine.isUp) return;
    const role = machine.role === 'master' && random.next() < 0.7 ? 'master' : 'secondary';
    cluster.start(machine, role);
  });
}
