/** All checkers over what a run of chaos left: the logs of the healed nodes, their orphans, and what clients were told. */
import { findLost } from '../../checkers/acknowledged.js';
import { findBehind, findDivergence } from '../../checkers/agreement.js';
import { checkHistory } from '../../checkers/check-history.js';
import { findDuplicates, findIntruders } from '../../checkers/contents.js';
import { findNotKept } from '../../checkers/kept.js';
import { findGaps } from '../../checkers/numbering.js';
import { findVanished } from '../../checkers/reads.js';
import type { NodeLog, Violation } from '../../checkers/history.js';
import type { ChaosWrite, Ledger } from '../load/ledger.js';

export interface Evidence {
  readonly ledger: Ledger;
  readonly logs: readonly NodeLog[];
  readonly orphans: readonly NodeLog[];
}

/** Answers that these writers must never get, because they make no mistakes. */
const ANSWERS = new Set([200, 201, 202, 409, 500, 503, 504, 507]);

/**
 * What a majority acknowledged survives every fault, also that the directory of one member is put back to an older copy. What
 * fewer acknowledged may have been there alone: it has to be among the orphans, to which the newer directory counts.
 */
export function judge({ ledger, logs, orphans }: Evidence): Violation[] {
  const { writes, shown } = ledger;
  const [log] = logs as [NodeLog];
  const isDurableForGood = (write: ChaosWrite): boolean => write.isStrong && write.outcome === 'satisfied';
  const survivors = new Set(writes.filter(isDurableForGood).map(({ message }) => message));
  return [
    ...checkHistory({ writes, logs }, { mustSurvive: ({ message }) => survivors.has(message) }),
    ...findNotKept(log, orphans, writes),
    ...logs.flatMap((each) => findVanished(each, shown)),
    ...orphans.flatMap((each) => findIntruders(each, writes)),
    ...unexpectedAnswers(ledger),
  ];
}

/** After all orphans were appended again no acknowledged write is missing, whatever its concern. */
export function judgeRepaired({ writes, shown }: Ledger, logs: readonly NodeLog[]): Violation[] {
  return [
    ...findDivergence(logs),
    ...findBehind(logs),
    ...logs.flatMap((log) => [
      ...findGaps(log),
      ...findDuplicates(log),
      ...findIntruders(log, writes),
      ...findLost(log, writes),
      ...findVanished(log, shown),
    ]),
  ];
}

function unexpectedAnswers({ statuses }: Ledger): Violation[] {
  return [...statuses].flatMap(([status, count]): Violation[] => {
    if (ANSWERS.has(status)) return [];
    return [{ kind: 'phantom', nodeId: 'all', seq: 0, sentence: `${count} writes were answered ${status}` }];
  });
}
