/** `npm run chaos`: one run of the length asked for, a report beside it, and 1 where anything was violated. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { abortedBySignals } from '../support/interruption.js';
import { isAlone, runAlone, settleIn, whyNoNamespaces } from './network/namespaces/enter.js';
import type { PartitionKind } from './network/network.js';
import { addRecord, recordOf } from './record.js';
import { reportOf, summaryOf } from './report.js';
import { runChaos } from './run-chaos.js';

const SHOWN = 20;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    nodes: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '10' },
    writers: { type: 'string', default: '8' },
    partitions: { type: 'string' },
    report: { type: 'string', default: '.replog/chaos-report.md' },
    record: { type: 'boolean', default: false },
    'record-in': { type: 'string', default: 'docs/reliability/chaos.json' },
    quiet: { type: 'boolean', default: false },
  },
});

const interrupted = abortedBySignals((signal) => new Error(`ended by ${signal}`));

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
process.exit();

async function main(): Promise<number> {
  const wanted = values.partitions ?? 'namespaces';
  if (wanted !== 'namespaces' && wanted !== 'proxies') throw new Error('--partitions is namespaces or proxies.');
  if (isAlone()) {
    settleIn(() => interrupted.abort(new Error('ended by its starter')));
    return run(wanted, null);
  }
  const whyNot = whyNoNamespaces();
  if (whyNot === null) return runAlone(interrupted.signal);
  if (values.partitions === 'namespaces') throw new Error(`No network namespaces here: ${whyNot}.`);
  return run('proxies', values.partitions === 'proxies' ? null : whyNot);
}

async function run(partitions: PartitionKind, whyNot: string | null): Promise<number> {
  const seed = Number(values.seed);
  const command =
    `npm run chaos -- --seed ${seed} --nodes ${values.nodes} --minutes ${values.minutes} ` +
    `--writers ${values.writers} --partitions ${partitions}`;
  console.log(command);
  const result = await runChaos({
    seed,
    partitions,
    whyNoNamespaces: whyNot,
    nodes: Number(values.nodes),
    faultMs: Number(values.minutes) * 60_000,
    writers: Number(values.writers),
    signal: interrupted.signal,
    ...(values.quiet ? {} : { watch: (line: string) => console.log(line) }),
  });
  const report = resolve(values.report);
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, reportOf(result));
  if (values.record) addRecord(resolve(values['record-in']), recordOf(result, new Date()));
  console.log(`\n${summaryOf(result).join('\n')}\nreport: ${report}`);
  for (const { kind, sentence } of result.violations.slice(0, SHOWN)) console.log(`  ${kind}: ${sentence}`);
  if (result.kept !== null) console.log(`data and logs of all nodes: ${result.kept}\nagain: ${command}`);
  return result.violations.length === 0 ? 0 : 1;
}
