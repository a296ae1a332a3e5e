/**
 * What to do after one attempt at one node. An append is never left in doubt without need: an attempt that broke may have been
 * carried out, so it is repeated, under its key, until an answer settles it. A refusal settles only its own attempt.
 */
import type { ReplogError } from '../errors/replog-error.js';

export type Attempt =
  | { readonly kind: 'answered' }
  /** The node refused the request. */
  | { readonly kind: 'refused'; readonly error: Pick<ReplogError, 'code' | 'status' | 'retriable'> }
  /** No whole answer came. `wasSent`: the node may have got the request. */
  | { readonly kind: 'silent'; readonly wasSent: boolean };

export interface AttemptFacts {
  /** It appends something: carried out unheard, it leaves a doubt. */
  readonly isAppend: boolean;
  /** An earlier attempt may have been carried out. */
  readonly hasDoubt: boolean;
}

export interface Verdict {
  /** `pass`: the answer counts. `refuse`: nothing was done. `unknown`: it may have been done. */
  readonly then: 'pass' | 'again' | 'refuse' | 'unknown';
  /** May something have been done by now? */
  readonly hasDoubt: boolean;
  /** Which nodes are left alone for a while: every other node would pass the request on to the same full master. */
  readonly aside: 'none' | 'node' | 'all';
}

/** The node lets the master answer, so asking another node is the same question again. */
const OF_THE_MASTER = ['OVERLOADED', 'STORAGE_FULL', 'STORAGE_STALLED'];
/** It may have been carried out all the same. */
const DOUBTFUL = ['OUTCOME_UNKNOWN', 'INTERNAL'];
/** Repeated although the table says of them that a repetition is useless: it has a key, or is asked at another node. */
const REPEATED = ['OUTCOME_UNKNOWN', 'CORRUPT_RECORD'];
/** A node that is behind says so too: another one may know more. */
const OF_THE_NODE = ['HISTORY_CHANGED'];
/** Refused now, it was refused in every attempt. */
const SETTLES_ALL = ['KEY_REUSED'];

export function judgeAttempt(attempt: Attempt, { isAppend, hasDoubt: hadDoubt }: AttemptFacts): Verdict {
  if (attempt.kind === 'answered') return { then: 'pass', hasDoubt: false, aside: 'none' };
  if (attempt.kind === 'silent')
    return { then: 'again', hasDoubt: hadDoubt || (isAppend && attempt.wasSent), aside: 'node' };
  const { error } = attempt;
  const hasDoubt = hadDoubt || (isAppend && isDoubtful(error));
  if (error.retriable || REPEATED.includes(error.code))
    return { then: 'again', hasDoubt, aside: isAppend && OF_THE_MASTER.includes(error.code) ? 'all' : 'node' };
  const isOpen = hasDoubt && !SETTLES_ALL.includes(error.code);
  return {
    then: isOpen ? 'unknown' : 'refuse',
    hasDoubt: isOpen,
    aside: OF_THE_NODE.includes(error.code) ? 'node' : 'none',
  };
}

/** Also where something between client and node says that no answer came in time. */
function isDoubtful({ code, status }: Pick<ReplogError, 'code' | 'status'>): boolean {
  return DOUBTFUL.includes(code) || (code === 'FOREIGN_ANSWER' && status >= 500);
}
