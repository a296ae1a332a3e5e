/** Members go: an operator removes one for good, or one leaves when it stops in order. */
import { ReplogError } from '@replog/contracts/errors.js';
import { pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { isIntact } from './intact.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

/** The machine comes back with an empty disk, or with its data: then it joins anew by itself. */
export const removal: Fault = {
  name: 'member taken out',
  weight: 1.5,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    const removal = master?.door?.master?.term.registry.removal;
    const machine = pick(
      random,
      cluster.machines.filter((other) => other !== master),
    );
    if (master === undefined || removal === undefined || machine === null) return null;
    if (master.process?.isFrozen !== false || !isIntact(scene, machine)) return null;
    const isWiped = random.next() < 0.5;
    removal.remove(machine.name).then(
      () => {
        cluster.count('removals committed');
        if (scene.isOver() || cluster.mastersInTerm.includes(machine)) return;
        cluster.end(machine, isWiped ? 'wipe' : 'kill');
        machine.role = 'secondary';
        restartLater(scene, machine);
      },
      (error: unknown) => {
        if (!(error instanceof ReplogError)) throw error;
      },
    );
    return machine.name;
  },
};

/**
 * As replicas that are scaled away: some leave at the same time and stop. They come back later, with their data. The
 * master may die as soon as they have left.
 */
export const leaving: Fault = {
  name: 'left and stopped',
  weight: 3,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    const able = upMachines(scene).filter(
      (machine) => machine !== master && machine.door !== null && machine.process?.isFrozen === false,
    );
    const machines = able.filter(({ isStopping }) => !isStopping).slice(0, 1 + Math.floor(random.next() * 3));
    if (master === undefined || machines.length === 0) return null;
    const dies = random.next() < 0.4;
    void Promise.all(machines.map((machine) => leave(scene, machine))).then(() => {
      if (scene.isOver() || !dies || !master.holdsTerm) return;
      cluster.end(master, 'kill');
      restartLater(scene, master);
    });
    return machines.map(({ name }) => name).join(' ');
  },
};

async function leave(scene: FaultScene, machine: SimulatedNode): Promise<void> {
  const { cluster } = scene;
  await machine.stopInOrder({ leaves: true });
  const members = cluster.mastersInTerm[0]?.local?.membership.members ?? [];
  if (members.length > 0 && !members.some(({ nodeId }) => nodeId === machine.name)) cluster.count('members that left');
  restartLater(scene, machine);
}
