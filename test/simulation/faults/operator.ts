/** What an operator does while all else happens, at good moments and at bad ones. */
import { promoteAsForecast } from '../operator/forecasted.js';
import { later, pick, upMachines } from './fault.js';
import type { Fault } from './fault.js';

/** `dryRun`, and then what was forecast. */
export const forecasted: Fault = {
  name: 'promoted after a forecast',
  weight: 6,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(
      random,
      upMachines(scene).filter(({ inOffice, process }) => !inOffice && process?.isFrozen === false),
    );
    if (machine === null) return null;
    // As an event of its own, when this strike has been counted.
    later(scene, 0, () => void promoteAsForecast(cluster, machine));
    return machine.name;
  },
};

/** `POST /orphans/{id}/reappend`, for a set of some node. What comes of it is looked at in the end. */
export const reappend: Fault = {
  name: 'orphans appended again',
  weight: 3,
  strike: ({ cluster, random }) => {
    const machine = pick(random, upMachines({ cluster }));
    const door = machine?.door ?? null;
    if (machine === null || door === null || machine.process?.isFrozen !== false) return null;
    const chance = random.next();
    const work = async (): Promise<void> => {
      const sets = await door.orphans.list();
      const set = sets[Math.floor(chance * sets.length)];
      if (set === undefined) return;
      const { appended, duplicates } = await door.orphans.reappend(set.id);
      cluster.count('orphans appended again under faults', appended);
      cluster.count('orphans that were there already under faults', duplicates);
    };
    work().catch(() => cluster.count('reappends refused'));
    return machine.name;
  },
};
