/** Runs seeds on all cores, shows broken rules, and prints a summary at the end or when interrupted. */
import type { Options } from '../options.js';
import { Recording } from '../record/recording.js';
import { inOrder } from './in-order.js';
import { SimulationWorker } from './simulation-worker.js';
import { commandOf } from './task.js';
import type { Outcome, Task } from './task.js';
import { Totals } from './totals.js';

const INTERRUPTED = 130;
const PROGRESS_EVERY_MS = 30_000;

/** Answers whether every rule was kept. */
export async function runSeeds(options: Options, script: URL): Promise<boolean> {
  const { setting, firstSeed, seeds, keepGoing } = options;
  const recording = options.record ? Recording.begin(options, new URL('.', script)) : null;
  const totals = new Totals();
  const startedMs = performance.now();
  const end = async (): Promise<void> => {
    const seconds = (performance.now() - startedMs) / 1_000;
    showTotals(totals, options, seconds);
    if (recording !== null) console.log(await recording.end(totals, seconds));
  };
  // Results come in the order of the seeds, so what was added up until then is a range without gaps.
  const interrupted = (): void => void end().finally(() => process.exit(INTERRUPTED));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);

  const tasks = Array.from({ length: seeds }, (_, place): Task => ({ seed: firstSeed + place, setting }));
  const workers = Array.from({ length: Math.min(options.jobs, seeds) }, () => new SimulationWorker(script));
  const watch = options.trace ? (line: string): void => console.log(line) : undefined;
  const lanes = workers.map((worker) => (task: Task) => worker.run(task, watch));
  let saidMs = startedMs;
  for await (const outcome of inOrder(tasks, lanes)) {
    totals.add(outcome);
    if (seeds === 1) console.log(`seed ${outcome.seed}: trace ${outcome.hash}`);
    if (outcome.broken !== null) {
      showBroken(outcome, options);
      if (!keepGoing) break;
    }
    if (performance.now() - saidMs < PROGRESS_EVERY_MS) continue;
    saidMs = performance.now();
    console.error(`${totals.runs} of ${seeds} seeds, ${totals.broken.length} broke a rule`);
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  await end();
  return totals.broken.length === 0;
}

function showBroken({ seed, broken, lastLines, steps }: Outcome, { setting, keepGoing }: Options): void {
  if (!keepGoing) for (const line of lastLines) console.log(line);
  const what =
    broken?.rule === 'crash'
      ? 'ended with an error (--trace shows where)'
      : `broke the rule of ${broken?.rule} at step ${steps}`;
  console.log(`\nseed ${seed} ${what}:\n  ${broken?.message}`);
  console.log(`again:   ${commandOf({ seed, setting })}`);
  console.log(`shorter: ${commandOf({ seed, setting }, '--shorten')}\n`);
}

function showTotals(totals: Totals, { setting, seeds, counts }: Options, seconds: number): void {
  const { runs, steps, simulatedMs, broken } = totals;
  const perSecond = (runs / Math.max(seconds, 0.001)).toFixed(1);
  console.log(
    `${runs} seeds of ${setting.nodes} nodes, ${steps} steps, ${(simulatedMs / 3_600_000).toFixed(2)} simulated hours ` +
      `in ${seconds.toFixed(1)} s (${perSecond} seeds a second): ${broken.length} broke a rule`,
  );
  if (!counts && seeds === 1) return;
  for (const [what, times] of [...totals.counts].sort()) console.log(`  ${String(times).padStart(8)}  ${what}`);
}
