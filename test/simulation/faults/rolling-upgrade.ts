/**
 * All machines go over to this build, one by one, the master last, after another one has been promoted. The operator
 * waits until each is back and follows, and gives up where one is not: the upgrade goes on with the next strike, and until
 * then the cluster is mixed.
 */
import { EARLIER_BUILD, THIS_BUILD } from '../cluster/build.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { promote } from '../operator/promote.js';
import { later, pick, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';

const LOOK_EVERY_MS = 20;
/** After so long without an end of its own a process is killed, as a service manager does it. */
const STOPS_WITHIN_MS = 2_000;
const FOLLOWS_WITHIN_MS = 4_000;
const TRANSFERS_WITHIN_MS = 2_000;

/** One upgrade at a time; those of a phase end with it. */
const underWay = new WeakMap<SimulatedCluster, FaultScene['isOver']>();

export const rollingUpgrade: Fault = {
  name: 'rolling upgrade',
  weight: 4,
  strike: (scene) => {
    const { cluster, isOver } = scene;
    const left = cluster.machines.filter(isEarlier);
    if (left.length === 0 || underWay.get(cluster)?.() === false) return null;
    underWay.set(cluster, isOver);
    void upgradeAll(scene).then((isDone) => {
      underWay.delete(cluster);
      cluster.count(isDone ? 'rolling upgrades completed' : 'rolling upgrades given up for now');
    });
    return left.map(({ name }) => name).join(' ');
  },
};

async function upgradeAll(scene: FaultScene): Promise<boolean> {
  for (;;) {
    const left = scene.cluster.machines.filter(isEarlier);
    const next = left.find(({ holdsTerm }) => !holdsTerm) ?? left[0];
    if (next === undefined) return true;
    if (next.holdsTerm && !(await transferFrom(scene, next))) return false;
    if (!(await upgrade(scene, next))) return false;
  }
}

/** The new build is installed first: whatever ends the process, the next one runs it. */
async function upgrade(scene: FaultScene, machine: SimulatedNode): Promise<boolean> {
  const { cluster } = scene;
  const { life } = machine;
  machine.build = THIS_BUILD;
  cluster.count('machines upgraded');
  if (machine.isUp && !machine.isStopping) void machine.stopInOrder();
  const hasEnded = (): boolean => !machine.isUp || machine.life !== life;
  if (!(await within(scene, STOPS_WITHIN_MS, hasEnded))) cluster.end(machine, 'kill');
  if (!machine.isUp) cluster.start(machine, machine.role);
  return within(scene, FOLLOWS_WITHIN_MS, () => machine.holdsTerm || isFollowing(machine, cluster.mastersInTerm[0]));
}

async function transferFrom(scene: FaultScene, master: SimulatedNode): Promise<boolean> {
  const { cluster, random } = scene;
  const successor = pick(
    random,
    upMachines(scene).filter((machine) => isFollowing(machine, master)),
  );
  if (successor === null) return false;
  void promote(cluster, successor, { dryRun: false, force: false });
  return within(scene, TRANSFERS_WITHIN_MS, () => !master.holdsTerm && successor.holdsTerm);
}

function isFollowing({ local, process }: SimulatedNode, master: SimulatedNode | undefined): boolean {
  return master !== undefined && local?.master?.nodeId === master.name && process?.isFrozen === false;
}

function isEarlier({ build }: SimulatedNode): boolean {
  return build === EARLIER_BUILD;
}

/** Never answers where the phase of faults ends first. */
function within(scene: FaultScene, ms: number, holds: () => boolean): Promise<boolean> {
  const untilMs = scene.scheduler.nowMs + ms;
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve(true);
      else if (scene.scheduler.nowMs >= untilMs) resolve(false);
      else later(scene, LOOK_EVERY_MS, look);
    };
    look();
  });
}
