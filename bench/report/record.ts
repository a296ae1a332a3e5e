/** Keeps a result where `npm run docs` finds it, with all that the page says worked out: the page only lays it out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Figures } from '../measure/measured.js';
import { spreadOf } from '../measure/statistics.js';
import type { Spread } from '../measure/statistics.js';
import { goalsOf } from './goals.js';
import type { GoalResult } from './goals.js';
import type { BenchResult, Observation, Row } from './result.js';
import { doubtsOf } from './table.js';

const FOLDER = 'docs/benchmarks';

const SPREAD_FIGURES = [
  'messagesPerSecond',
  'p50Ms',
  'p99Ms',
  'maxMs',
  'cpuUs',
  'residentMiB',
  'peakMiB',
  'syncsPerMessage',
  'batchRecords',
  'loadShare',
  'othersShare',
] as const satisfies readonly (keyof Figures)[];

export interface BenchRecord extends Omit<BenchResult, 'rows' | 'observations'> {
  readonly goals: readonly GoalResult[];
  /** Reasons not to take a figure for what the nodes can do. */
  readonly doubts: readonly string[];
  readonly rows: readonly (Row & { readonly spreads: Readonly<Record<string, Spread | null>> })[];
  readonly observations: readonly (Observation & { readonly spread: Spread | null })[];
}

export function recordOf(result: BenchResult): BenchRecord {
  return {
    ...result,
    goals: goalsOf(result),
    doubts: result.rows.flatMap(doubtsOf),
    rows: result.rows.map((row) => ({ ...row, spreads: spreadsOf(row) })),
    observations: result.observations.map((each) => ({ ...each, spread: spreadOf(each.values) })),
  };
}

/** Answers the path. One file a run, named so that their order is that of time. */
export async function record(result: BenchResult): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${result.date.slice(0, 16).replace('T', '-').replace(':', '')}.json`);
  const text = JSON.stringify(recordOf(result), rounded, 2);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  return path;
}

function spreadsOf({ rounds }: Row): Record<string, Spread | null> {
  return Object.fromEntries(SPREAD_FIGURES.map((name) => [name, spreadOf(rounds.map((round) => round[name]))]));
}

/** No clock here is good for more digits than these. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
