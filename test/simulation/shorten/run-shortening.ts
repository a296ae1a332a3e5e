/** `--shorten`: shows the story of the smallest run that was found, and the command that replays it. */
import type { Options } from '../options.js';
import { SimulationWorker } from '../runs/simulation-worker.js';
import { commandOf } from '../runs/task.js';
import { Shortening } from './shortening.js';
import type { ShortRun } from './shortening.js';

const INTERRUPTED = 130;

/** Answers whether the run broke no rule: then there is nothing to shorten. */
export async function shorten({ setting, firstSeed }: Options, script: URL): Promise<boolean> {
  const worker = new SimulationWorker(script);
  const task = { seed: firstSeed, setting };
  const first = await worker.run(task);
  if (first.broken === null) {
    console.log(`seed ${firstSeed} breaks no rule: there is nothing to shorten`);
    await worker.stop();
    return true;
  }
  console.log(`seed ${firstSeed}, ${sizeText(first)}: ${first.broken.rule}: ${first.broken.message}`);
  const shortening = new Shortening(
    task,
    first,
    (tried) => worker.run(tried),
    ({ outcome }) => console.error(`  ${sizeText(outcome)}`),
  );
  const interrupted = (): void => {
    show(shortening.best, shortening.tries);
    process.exit(INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  await shortening.all();
  await worker.stop();
  show(shortening.best, shortening.tries);
  return false;
}

function show({ task, outcome }: ShortRun, tries: number): void {
  console.log(`\nshortened in ${tries} runs to ${sizeText(outcome)}:`);
  for (const { atMs, number, fault, what } of outcome.strikes) {
    console.log(`${(atMs / 1_000).toFixed(3).padStart(10)} s  ${String(number).padStart(4)}  ${fault}: ${what}`);
  }
  const atMs = (outcome.simulatedMs / 1_000).toFixed(3).padStart(10);
  console.log(`${atMs} s        ${outcome.broken?.rule}: ${outcome.broken?.message}`);
  console.log(`again: ${commandOf(task)}`);
}

function sizeText({ strikes, steps }: { strikes: readonly unknown[]; steps: number }): string {
  return `${strikes.length} ${strikes.length === 1 ? 'fault' : 'faults'} in ${steps} steps`;
}
