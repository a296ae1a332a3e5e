/** All checkers over one history. They run after every scenario, once the nodes agree. */
import { findLost, findMisplaced } from './acknowledged.js';
import { findBehind, findDivergence } from './agreement.js';
import { findDuplicates, findIntruders } from './contents.js';
import type { History, Violation, Write } from './history.js';
import { findGaps } from './numbering.js';
import { findReorder } from './real-time-order.js';

export interface Expectation {
  /** Which acknowledged writes had to survive: all, unless a disk or an unsynced tail was lost. */
  readonly mustSurvive?: (write: Write) => boolean;
}

/** Answers everything that is wrong; an empty list is a good run. */
export function checkHistory({ writes, logs }: History, { mustSurvive }: Expectation = {}): Violation[] {
  const survivors = mustSurvive === undefined ? writes : writes.filter(mustSurvive);
  return [
    ...findDivergence(logs),
    ...findBehind(logs),
    ...logs.flatMap((log) => [
      ...findGaps(log),
      ...findDuplicates(log),
      ...findIntruders(log, writes),
      ...findLost(log, survivors),
      ...findMisplaced(log, survivors),
      ...findReorder(log, writes),
    ]),
  ];
}
