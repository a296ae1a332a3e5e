/** `npm run chaos`: one run of the length asked for, a report beside it, and 1 where anything was violated. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { reportOf, summaryOf } from './report.js';
import { runChaos } from './run-chaos.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    nodes: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '10' },
    writers: { type: 'string', default: '8' },
    report: { type: 'string', default: '.replog/chaos-report.md' },
    quiet: { type: 'boolean', default: false },
  },
});

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}

const command = `npm run chaos -- --seed ${seed} --nodes ${values.nodes} --minutes ${values.minutes}`;
console.log(command);
try {
  const result = await runChaos({
    seed,
    nodes: Number(values.nodes),
    faultMs: Number(values.minutes) * 60_000,
    writers: Number(values.writers),
    signal: interrupted.signal,
    ...(values.quiet ? {} : { watch: (line: string) => console.log(line) }),
  });
  const report = resolve(values.report);
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, reportOf(result));
  console.log(`\n${summaryOf(result).join('\n')}\nreport: ${report}`);
  for (const { kind, sentence } of result.violations.slice(0, 20)) console.log(`  ${kind}: ${sentence}`);
  if (result.kept !== null) console.log(`data and logs of all nodes: ${result.kept}\nagain: ${command}`);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
process.exit();
