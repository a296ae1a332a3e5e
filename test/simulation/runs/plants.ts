/** Is every planted bug found, and by which seed first? */
import type { Options } from '../options.js';
import { PLANTS } from '../plants/index.js';
import type { Plant } from '../plants/plant.js';
import { inOrder } from './in-order.js';
import { SimulationWorker } from './simulation-worker.js';
import type { Outcome } from './task.js';

export async function tryPlants(options: Options, script: URL): Promise<boolean> {
  const workers = Array.from({ length: Math.min(options.jobs, PLANTS.length) }, () => new SimulationWorker(script));
  const lanes = workers.map((worker) => async (plant: Plant) => ({
    ...plant,
    found: await find(plant, options, worker),
  }));
  let areAllFound = true;
  for await (const { name, found } of inOrder(PLANTS, lanes)) {
    areAllFound &&= found !== null;
    if (found === null) console.log(`NOT FOUND   ${name}`);
    else
      console.log(`seed ${String(found.seed).padStart(3)}    ${name}: ${found.broken?.rule}: ${found.broken?.message}`);
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  return areAllFound;
}

async function find(
  { name, showsIn, foundBy }: Plant,
  options: Options,
  worker: SimulationWorker,
): Promise<Outcome | null> {
  const { firstSeed, seeds, setting } = options;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const outcome = await worker.run({
      seed,
      setting: { ...setting, plant: name, isFaultsOnly: showsIn === undefined },
    });
    const { broken } = outcome;
    if (broken !== null && broken.rule === (foundBy ?? broken.rule)) return outcome;
  }
  return null;
}
