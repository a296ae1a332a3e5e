/** `npm run pauses`: measures, prints a table, and with `--record` keeps it for the pages. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { abortedBySignals } from '../support/interruption.js';
import { isAlone, runAlone, settleIn, whyNoNamespaces } from '../chaos/network/namespaces/enter.js';
import { runBadWeather, whyNoBadWeather } from './bad-weather.js';
import type { WeatherResult } from './bad-weather.js';
import { runEtcdFailovers } from './etcd-failovers.js';
import { runFailovers } from './failovers.js';
import type { FailoverResult } from './failovers.js';
import { spreadOf } from './figures.js';
import type { ChangeFigures, Spread } from './figures.js';
import { runPauses } from './run-pauses.js';
import type { PausesResult } from './run-pauses.js';

const RECORD = 'docs/reliability/pauses.json';
/** Seconds: the default, and as short as etcd's. */
const TIMEOUTS = [5, 1] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    writers: { type: 'string', default: '64' },
    minutes: { type: 'string', default: '10' },
    record: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const writers = Number(values.writers);

const minutes = Number(values.minutes);

const interrupted = abortedBySignals((signal) => new Error(`ended by ${signal}`));
const { signal } = interrupted;
const watch = (sentence: string): void => console.log(sentence);

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
process.exit();

/** Lost packets need a network of our own; without, that part is left out. */
async function main(): Promise<number> {
  if (isAlone()) settleIn(() => interrupted.abort(new Error('ended by its starter')));
  else if (whyNoNamespaces() === null) return runAlone(signal);
  const whyNot = whyNoBadWeather();
  if (whyNot !== null) console.log(`Left out: slow syncs and lost packets (${whyNot}).`);
  const pauses = await runPauses({ rounds, writers, watch, signal });
  print(pauses);
  const failovers: FailoverResult[] = [];
  for (const electionTimeout of TIMEOUTS) {
    failovers.push(await runFailovers({ rounds, writers, electionTimeout, watch, signal }));
  }
  const etcd = await runEtcdFailovers({ rounds, writers, electionTimeoutMs: 1_000, watch, signal });
  const weather = whyNot === null ? await runBadWeather({ minutes, writers: 8, watch, signal }) : null;
  printFailovers(failovers, etcd, weather);
  if (values.record) record(pauses, { failovers, etcd, weather });
  const violations = [pauses, ...failovers].reduce((sum, one) => sum + one.violations.length, 0);
  return violations === 0 ? 0 : 1;
}

interface Failovers {
  readonly failovers: readonly FailoverResult[];
  readonly etcd: readonly number[] | null;
  readonly weather: WeatherResult | null;
}

function printFailovers(
  failovers: readonly FailoverResult[],
  etcd: readonly number[] | null,
  weather: WeatherResult | null,
): void {
  const cell = ({ medianMs, maxMs }: Spread): string => `${medianMs.toFixed(0)} / ${maxMs.toFixed(0)} ms`;
  console.log('\nmaster killed, nobody does anything: first write after, median / max');
  failovers.forEach(({ failoversMs, restart, violations }, at) => {
    console.log(`ELECTION_TIMEOUT=${TIMEOUTS[at]}: ${cell(spreadOf(failoversMs))}; ${violations.length} violations`);
    console.log(
      `  rolling restart: ${restart.refused.length} refused, slowest write ${restart.slowestWriteMs.toFixed(0)} ms`,
    );
  });
  console.log(
    etcd === null
      ? 'etcd is not installed (npm run bench:peers)'
      : `etcd, election timeout 1 s: ${cell(spreadOf(etcd))}`,
  );
  console.log(
    weather === null
      ? 'slow syncs and lost packets were left out'
      : `${weather.minutes} minutes of slow syncs and lost packets: ${weather.changes} changes of master, ${weather.acknowledged} acknowledged`,
  );
}

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

function record(
  { transfers, promotions, writes, answers, violations }: PausesResult,
  { failovers, etcd, weather }: Failovers,
): void {
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
    failovers: failovers.map(({ failoversMs, restart, ...rest }, at) => ({
      electionTimeout: TIMEOUTS[at],
      firstWriteMs: spreadOf(failoversMs),
      restart: { refused: restart.refused.length, slowestWriteMs: Math.round(restart.slowestWriteMs) },
      writes: rest.writes,
      violations: rest.violations.length,
    })),
    etcd: etcd === null ? null : spreadOf(etcd),
    weather,
    promotionAfterKill: { ...spreads(promotions), changes: promotions },
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`recorded in ${RECORD}`);
}
