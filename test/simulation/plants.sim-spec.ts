/** The checkers find each planted bug within its stated number of seeds. */
import { describe, expect, it } from 'vitest';
import { PLANTS } from './plants/index.js';
import type { Plant } from './plants/plant.js';
import { runSimulation } from './run-simulation.js';

const STEPS = 6_000;

async function isFound(plant: Plant): Promise<boolean> {
  for (let seed = 1; seed <= plant.foundWithin; seed++) {
    const isFaultsOnly = plant.showsIn === undefined;
    const { broken } = await runSimulation({ seed, nodes: 5, steps: plant.steps ?? STEPS, plant, isFaultsOnly });
    if (broken !== null && broken.rule === (plant.foundBy ?? broken.rule)) return true;
  }
  return false;
}

describe('a planted bug is found', () => {
  it.each(PLANTS.map((plant) => [plant.name, plant.foundWithin, plant] as const))(
    '%s: within %i seeds',
    async (_name, _within, plant) => {
      expect(await isFound(plant)).toBe(true);
    },
  );
});
