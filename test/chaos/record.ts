/** One run as a line of the evidence that `docs/reliability/chaos.json` gathers. */
import { isAcknowledged } from '../checkers/history.js';
import type { Violation, ViolationKind, WriteOutcome } from '../checkers/history.js';
import { addLine, commitOfSources } from '../support/records.js';
import { unexplainedOf } from './report.js';
import type { ChaosResult } from './result.js';

export type Harm = 'lost' | 'doubled' | 'diverged' | 'other';

const HARMS: Record<ViolationKind, Harm> = {
  'lost-prefix': 'lost',
  'lost-middle': 'lost',
  'lost-postfix': 'lost',
  'not-kept': 'lost',
  'torn-batch': 'lost',
  vanished: 'lost',
  gap: 'lost',
  duplicate: 'doubled',
  divergence: 'diverged',
  misplaced: 'diverged',
  reorder: 'diverged',
  behind: 'other',
  'aborted-read': 'other',
  phantom: 'other',
  'stale-read': 'other',
  died: 'other',
};

export interface ChaosRecord {
  readonly date: string;
  /** The last that changed what nodes are built from; `+` where that was changed since; `null` where nobody knows. */
  readonly commit: string | null;
  readonly nodeVersion: string;
  readonly seed: number;
  readonly nodes: number;
  readonly writers: number;
  /** Of faults; healing and judging come on top. */
  readonly minutes: number;
  readonly partitions: string;
  readonly writes: Readonly<Record<WriteOutcome, number>>;
  readonly acknowledged: number;
  /** Done, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Terms of a master that were seen. Missing from runs in which an operator rescued the cluster. */
  readonly terms?: number;
  /** Of these, without a reason that a node gives. */
  readonly unexplained?: number;
  readonly orphaned: number;
  readonly reappended: number;
  readonly tailsResumed: number;
  readonly reads: { readonly answered: number; readonly notAnswered: number };
  readonly pauses: ChaosResult['pauses'];
  readonly violations: Readonly<Record<Harm, number>>;
}

export function recordOf(result: ChaosResult, date: Date): ChaosRecord {
  const { plan, writes, tallies, violations } = result;
  const count = (outcome: WriteOutcome): number => writes.filter((write) => write.outcome === outcome).length;
  return {
    date: date.toISOString(),
    commit: commitOfSources(),
    nodeVersion: process.version,
    seed: plan.seed,
    nodes: plan.nodes,
    writers: plan.writers,
    minutes: Math.round(plan.faultMs / 600) / 100,
    partitions: plan.partitions,
    writes: {
      satisfied: count('satisfied'),
      pending: count('pending'),
      rejected: count('rejected'),
      unknown: count('unknown'),
    },
    acknowledged: writes.filter(isAcknowledged).length,
    faults: Object.fromEntries([...tallies].map(([kind, { done }]): [string, number] => [kind, done]).sort()),
    terms: result.masters.length,
    unexplained: unexplainedOf(result),
    orphaned: result.orphaned,
    reappended: result.reappended,
    tailsResumed: result.tailsResumed,
    reads: readsOf(result.reads),
    pauses: result.pauses,
    violations: harmsOf(violations),
  };
}

export function harmsOf(violations: readonly Violation[]): Record<Harm, number> {
  const harms: Record<Harm, number> = { lost: 0, doubled: 0, diverged: 0, other: 0 };
  for (const { kind } of violations) harms[HARMS[kind]] += 1;
  return harms;
}

export function addRecord(path: string, record: ChaosRecord): void {
  addLine(path, record);
}

function readsOf(reads: ReadonlyMap<string, number>): ChaosRecord['reads'] {
  let [answered, notAnswered] = [0, 0];
  for (const [kind, times] of reads) {
    if (kind.endsWith('not answered')) notAnswered += times;
    else answered += times;
  }
  return { answered, notAnswered };
}
