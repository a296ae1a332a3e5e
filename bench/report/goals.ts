/**
 * The goals, and whether a run meets them. Goals against a peer are ratios of medians of the same run; absolute
 * figures depend on the machine.
 */
import { spreadOf } from '../measure/statistics.js';
import type { Figures } from '../measure/measured.js';
import type { BenchResult } from './result.js';

type Findings = Pick<BenchResult, 'rows' | 'observations'>;
/** The median of one figure of one contender in one case; `null` where it was not measured. */
type Reading = (findings: Findings) => number | null;

interface Goal {
  readonly title: string;
  readonly unit: string;
  readonly is: 'at least' | 'at most';
  /** To reach first, then to go for. */
  readonly steps: readonly [number, ...number[]];
  readonly reading: Reading;
}

export interface GoalResult {
  readonly title: string;
  readonly unit: string;
  readonly is: Goal['is'];
  readonly steps: readonly { readonly bound: number; readonly reached: boolean }[];
  readonly measured: number;
}

const OURS = 'Replog';
const AT_1 = 'one-by-one/wc1/1';
const AT_64 = 'one-by-one/wc1/64';
const AT_256 = 'one-by-one/wc1/256';
const BATCHES = 'batches/100';

const GOALS: readonly Goal[] = [
  atMost('1 client, p50', 'ms', [0.58, 0.45], figure(AT_1, 'p50Ms')),
  atLeast('64 clients', 'messages/s', [18_000, 22_000], figure(AT_64, 'messagesPerSecond')),
  atMost('64 clients, p99', 'ms', [10, 5], figure(AT_64, 'p99Ms')),
  atMost('64 clients, CPU of all nodes a message', 'µs', [100, 70], figure(AT_64, 'cpuUs')),
  atLeast('256 clients', 'messages/s', [20_000, 30_000], figure(AT_256, 'messagesPerSecond')),
  atMost('256 clients, p99', 'ms', [25], figure(AT_256, 'p99Ms')),
  atLeast('batches of 100', 'messages/s', [200_000, 300_000], figure(BATCHES, 'messagesPerSecond')),
  atMost('batches of 100, CPU of all nodes a message', 'µs', [8, 5], figure(BATCHES, 'cpuUs')),
  atLeast('64 clients, against etcd', '×', [3], against('etcd', AT_64, 'messagesPerSecond')),
  atLeast('64 clients, against PostgreSQL', '×', [1.3], against('PostgreSQL', AT_64, 'messagesPerSecond')),
  atMost('1 client, p50 against PostgreSQL', '×', [1], against('PostgreSQL', AT_1, 'p50Ms')),
  atLeast('batches of 100, against PostgreSQL', '×', [1], against('PostgreSQL', BATCHES, 'messagesPerSecond')),
  atLeast('batches of 100, against Redis', '×', [1.5], against('Redis', BATCHES, 'messagesPerSecond')),
  atLeast('a secondary catches up', 'messages/s', [500_000], figure('catch-up', 'messagesPerSecond')),
  atLeast('a reader streams', 'messages/s', [500_000], figure('read', 'messagesPerSecond')),
  atLeast('16 live tails, appends one by one', 'messages/s', [20_000], figure('tails', 'messagesPerSecond')),
  atLeast('of them, the tail that got fewest got', '%', [100], observation('tails/fewest')),
  atLeast('16 live tails, appends in batches', 'messages/s', [20_000], figure('tails/paced', 'messagesPerSecond')),
  atLeast('of them, the tail that got fewest got', '%', [100], observation('tails/paced/fewest')),
  atMost('opening a long log, beyond an empty one', 's', [2], observation('opening/more')),
  atMost('p50 of a long log, against a new one', '% more', [10], observation('growth/p50')),
  atMost('memory of a long log, beyond a new one', 'MiB', [20], observation('growth/memory')),
  atMost('p99 beside a slow secondary', '% more', [10], observation('disturbed/slow-p99')),
  atMost('p99 beside a dead secondary', '% more', [10], observation('disturbed/dead-p99')),
  atMost('one of many secondaries, against one of few, CPU a message', '×', [1.25], observation('added/linear')),
  atMost('50 idle secondaries, CPU of their master', '% of a processor', [5], observation('idle/50')),
  atMost('memory of the node that held most, ever', 'MiB', [200], peakMemory),
];

/** Of what was measured; the others are left out. */
export function goalsOf(findings: Findings): GoalResult[] {
  return GOALS.flatMap(({ title, unit, is, steps, reading }) => {
    const measured = reading(findings);
    if (measured === null) return [];
    const holds = (bound: number): boolean => (is === 'at least' ? measured >= bound : measured <= bound);
    return [{ title, unit, is, measured, steps: steps.map((bound) => ({ bound, reached: holds(bound) })) }];
  });
}

function figure(id: string, name: keyof Figures, contender = OURS): Reading {
  return ({ rows }) => {
    const row = rows.find((each) => each.id === id && each.contender === contender);
    return spreadOf(row?.rounds.map((round) => round[name]) ?? [])?.median ?? null;
  };
}

function against(peer: string, id: string, name: keyof Figures): Reading {
  return (findings) => {
    const [ours, theirs] = [figure(id, name)(findings), figure(id, name, peer)(findings)];
    return ours === null || theirs === null || theirs === 0 ? null : ours / theirs;
  };
}

function observation(id: string): Reading {
  return ({ observations }) => spreadOf(observations.find((each) => each.id === id)?.values ?? [])?.median ?? null;
}

function peakMemory({ rows }: Findings): number | null {
  const ours = rows.filter(({ contender }) => contender === OURS).flatMap(({ rounds }) => rounds);
  return spreadOf(ours.map(({ peakMiB }) => peakMiB))?.max ?? null;
}

function atLeast(title: string, unit: string, steps: Goal['steps'], reading: Reading): Goal {
  return { title, unit, is: 'at least', steps, reading };
}

function atMost(title: string, unit: string, steps: Goal['steps'], reading: Reading): Goal {
  return { title, unit, is: 'at most', steps, reading };
}
