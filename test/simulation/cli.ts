/** `npm run simulate`: runs seeds, says what was done, and shows the first run that broke a rule. */
import { availableParallelism } from 'node:os';
import { BadOption, readOptions } from './options.js';
import { tryPlants } from './runs/plants.js';
import { runSeeds } from './runs/run-seeds.js';
import { shorten } from './shorten/run-shortening.js';

try {
  const options = readOptions(process.argv.slice(2), availableParallelism());
  const script = new URL('./worker.js', import.meta.url);
  const run = { run: runSeeds, shorten, plants: tryPlants }[options.mode];
  process.exitCode = (await run(options, script)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BadOption)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
