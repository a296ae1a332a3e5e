/** `npm run hostile`: one run, what it found, and 1 where a rule was broken. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { abortedBySignals } from '../support/interruption.js';
import { INPUTS } from './inputs/all-inputs.js';
import { addRecord, recordOf } from './record.js';
import { runHostile } from './run-hostile.js';
import type { HostileResult } from './run-hostile.js';
import { inMiB } from './resources.js';

const SHOWN = 30;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    inputs: { type: 'string', default: '1000' },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
    'record-in': { type: 'string', default: 'docs/reliability/hostile.json' },
  },
});
const [seed, inputs] = [Number(values.seed), Number(values.inputs)];

const interrupted = abortedBySignals((signal) => new Error(`ended by ${signal}`));

try {
  const { only } = values;
  if (only !== undefined && !Object.hasOwn(INPUTS, only))
    throw new Error(`--only is one of: ${Object.keys(INPUTS).join(', ')}`);
  console.log(`npm run hostile -- --inputs ${inputs} --seed ${seed}`);
  const watch = (line: string): void => console.log(line);
  const result = await runHostile({
    seed,
    inputs,
    ...(only === undefined ? {} : { only }),
    watch,
    signal: interrupted.signal,
  });
  print(result);
  if (values.record) addRecord(resolve(values['record-in']), recordOf({ seed, inputs }, result, new Date()));
  process.exitCode = result.faults.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
process.exit();

function print({ connections, answers, acknowledged, honest, held, faults, seconds }: HostileResult): void {
  const counted = Object.entries(answers).map(([status, times]) => `${times} × ${status}`);
  console.log(`\n${connections} connections in ${seconds.toFixed(0)} s, answers: ${counted.join(', ')}`);
  console.log(`${acknowledged} messages acknowledged`);
  console.log(`honest clients: ${honest.answered} answers, the longest after ${honest.longestMs.toFixed(0)} ms`);
  for (const { nodeId, before, after } of held) {
    const figure = (of: (one: typeof before) => string | number): string => `${of(before)} → ${of(after)}`;
    console.log(
      `${nodeId}: descriptors ${figure(({ descriptors }) => descriptors)}, ` +
        `live memory ${figure(({ memoryBytes }) => inMiB(memoryBytes))} MiB, ` +
        `resident ${figure(({ residentBytes }) => inMiB(residentBytes))} MiB`,
    );
  }
  console.log(faults.length === 0 ? 'every rule held' : `${faults.length} faults:`);
  for (const fault of faults.slice(0, SHOWN)) console.log(`  ${fault}`);
}
