/** The operator removes a member for good. The machine comes back with an empty disk. */
import { ReplogError } from '@replog/contracts/errors.js';
import { pick, restartLater } from './fault.js';
import type { Fault } from './fault.js';
import { isIntact } from './intact.js';

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
    removal.remove(machine.name).then(
      () => {
        cluster.count('removals committed');
        if (scene.isOver() || cluster.mastersInTerm.includes(machine)) return;
        cluster.end(machine, 'wipe');
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
