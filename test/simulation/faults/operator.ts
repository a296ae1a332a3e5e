/** What an operator does while all else happens, at good moments and at bad ones. */
import { promoteAsForecast } from '../operator/forecasted.js';
import { reappendSome } from '../operator/reappend.js';
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
      upMachines(scene).filter(({ holdsTerm, process }) => !holdsTerm && process?.isFrozen === false),
    );
    if (machine === null) return null;
    // As an event of its own, when this strike has been counted.
    later(scene, 0, () => void promoteAsForecast(cluster, machine));
    return machine.name;
  },
};

export const reappend: Fault = {
  name: 'orphans appended again',
  weight: 3,
  strike: (scene) => {
    const machine = pick(scene.random, upMachines(scene));
    return machine !== null && reappendSome(scene, machine) ? machine.name : null;
  },
};
