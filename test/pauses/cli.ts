/** `npm run pauses`: measures, prints a table, and with `--record` keeps it for the pages. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { abortedBySignals } from '../support/interruption.js';
import { spreadOf } from './figures.js';
import type { ChangeFigures, Spread } from './figures.js';
import { runPauses } from './run-pauses.js';
import type { PausesResult } from './run-pauses.js';

const RECORD = 'docs/reliability/pauses.json';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    writers: { type: 'string', default: '64' },
    record: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const writers = Number(values.writers);

const interrupted = abortedBySignals((signal) => new Error(`ended by ${signal}`));

try {
  const watch = (sentence: string): void => console.log(sentence);
  const result = await runPauses({ rounds, writers, watch, signal: interrupted.signal });
  print(result);
  if (values.record) record(result);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
process.exit();

type Figure = keyof ChangeFigures;

function spreads(changes: readonly ChangeFigures[]): Record<Figure, Spread> {
  const of = (figure: Figure): Spread => spreadOf(changes.map((change) => change[figure]));
  return {
    pauseMs: of('pauseMs'),
    firstWriteMs: of('firstWriteMs'),
    commandMs: of('commandMs'),
    slowestWriteMs: of('slowestWriteMs'),
  };
}

function print({ transfers, promotions, writes, answers, violations }: PausesResult): void {
  const names: Record<Figure, string> = {
    pauseMs: 'no write acknowledged for',
    firstWriteMs: 'first write of the new master after',
    commandMs: 'the command answered after',
    slowestWriteMs: 'the slowest write took',
  };
  const [planned, killed] = [spreads(transfers), spreads(promotions)];
  const cell = ({ medianMs, maxMs }: Spread): string => `${medianMs.toFixed(0)} / ${maxMs.toFixed(0)} ms`.padStart(16);
  console.log(
    `\nmedian / max of ${rounds}, ${writers} writers`.padEnd(37) + 'planned transfer   after SIGKILL'.padStart(33),
  );
  for (const [figure, name] of Object.entries(names) as [Figure, string][]) {
    console.log(`${name.padEnd(36)}${cell(planned[figure])}${cell(killed[figure])}`);
  }
  console.log(`\nanswers: ${[...answers].map(([what, times]) => `${times} × ${what}`).join(', ')}`);
  console.log(
    violations.length === 0
      ? `${writes} writes: lost nothing, doubled nothing`
      : `${violations.length} violations, the first: ${violations[0]?.sentence}`,
  );
}

function record({ transfers, promotions, writes, answers, violations }: PausesResult): void {
  const path = resolve(RECORD);
  const figures = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    node: process.version,
    cores: availableParallelism(),
    nodes: 3,
    writers,
    rounds,
    writes,
    answers: Object.fromEntries(answers),
    violations: violations.length,
    transfer: { ...spreads(transfers), changes: transfers },
    promotionAfterKill: { ...spreads(promotions), changes: promotions },
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`recorded in ${RECORD}`);
}
