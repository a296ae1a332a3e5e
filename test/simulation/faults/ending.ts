/** How processes and machines end, and how the master changes. */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { promote } from '../operator/promote.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';

/** Mostly leaves enough nodes for the rest to make progress. */
function victim(scene: FaultScene): SimulatedNode | null {
  const up = upMachines(scene);
  const total = scene.cluster.machines.length;
  const mayAll = scene.random.next() < 0.15;
  return up.length * 2 > total + 1 || mayAll ? pick(scene.random, up) : null;
}

function ends(how: 'kill' | 'power'): Fault['strike'] {
  return (scene) => {
    const machine = victim(scene);
    if (machine === null) return null;
    scene.cluster.end(machine, how);
    restartLater(scene, machine);
    return machine.name;
  };
}

export const kill: Fault = { name: 'process killed', weight: 8, strike: ends('kill') };
export const powerLoss: Fault = { name: 'power lost', weight: 8, strike: ends('power') };

export const stopInOrder: Fault = {
  name: 'stopped in order',
  weight: 3,
  strike: (scene) => {
    const machine = victim(scene);
    if (machine === null || machine.door === null || machine.isStopping) return null;
    void machine.stopInOrder().then(() => restartLater(scene, machine));
    return machine.name;
  },
};

export const wholeCluster: Fault = {
  name: 'power lost everywhere',
  weight: 1,
  strike: (scene) => {
    for (const machine of upMachines(scene)) {
      scene.cluster.end(machine, 'power');
      restartLater(scene, machine);
    }
    return 'all';
  },
};

export const masterDies: Fault = {
  name: 'master killed',
  weight: 4,
  strike: (scene) => {
    const [master] = scene.cluster.mastersInTerm;
    if (master === undefined) return null;
    scene.cluster.end(master, scene.random.next() < 0.5 ? 'kill' : 'power');
    restartLater(scene, master);
    return master.name;
  },
};

export const freeze: Fault = {
  name: 'frozen',
  weight: 6,
  strike: (scene) => {
    const machine = pick(scene.random, upMachines(scene));
    const process = machine?.process ?? null;
    if (machine === null || process === null || process.isFrozen) return null;
    process.freeze();
    later(scene, between(scene.random, 20, 5_000), () => process.thaw());
    return machine.name;
  },
};

/** The operator restarts a node as master: a change of master without `promote`. */
export const newMaster: Fault = {
  name: 'restarted as master',
  weight: 5,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(
      random,
      cluster.machines.filter(({ holdsTerm }) => !holdsTerm),
    );
    if (machine === null || mayFoundAnew(scene, machine)) return null;
    if (machine.isUp) cluster.end(machine, 'kill');
    if (random.next() < 0.5) cluster.masterUrl = machine.url;
    cluster.start(machine, 'master');
    return machine.name;
  },
};

/** `POST /cluster/promote` at any moment, with a living or a dead master. */
export const promotion: Fault = {
  name: 'promoted',
  weight: 4,
  strike: ({ cluster, random }) => {
    const machine = pick(
      random,
      upMachines({ cluster }).filter(({ holdsTerm }) => !holdsTerm),
    );
    if (machine === null || machine.process?.isFrozen !== false) return null;
    void promote(cluster, machine, { dryRun: false, force: false }).then((promoted) => {
      if (promoted.kind === 'refused') cluster.count('promotions refused');
      else cluster.count(promoted.view.transfer === null ? 'promotions' : 'promotions by transfer');
    });
    return machine.name;
  },
};

/** A master with an empty disk founds a new cluster. No operator does that beside a living one. */
export function mayFoundAnew({ cluster }: Pick<FaultScene, 'cluster'>, machine: SimulatedNode): boolean {
  return cluster.logOf(machine).lastIndex === 0;
}
