/**
 * What a node does after one attempt to pass a request on to the master. A client is never left in doubt: an attempt that
 * broke may have been carried out, so its request is repeated until an answer settles it, and where that is not possible
 * the client is told that the outcome is unknown, and where to look.
 */

interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  /** Of the problem; `null` if the answer is none. */
  readonly code: string | null;
}

export type Attempt =
  | Answered
  /** Nothing was sent. */
  | { readonly kind: 'unreachable' }
  /** The connection broke, or stayed silent, after something may have been sent. */
  | { readonly kind: 'broken' };

export interface AttemptFacts {
  /** An earlier attempt broke. */
  readonly hasDoubt: boolean;
  /** The request is there to be sent again, and does nothing twice. */
  readonly isRepeatable: boolean;
  /** The time for further attempts is over. */
  readonly isLate: boolean;
  /** Another master than the one of this attempt is known by now. */
  readonly knowsAnother: boolean;
  /** It waits for the next master, which the members elect by themselves. */
  readonly isHeld: boolean;
}

/** `pass`: the answer goes to the client. `refuse`: nothing was done. `unknown`: it may have been done. */
export type Verdict = 'pass' | 'again' | 'refuse' | 'unknown';

/** A node that is not master answers with it, and has done nothing. */
export const NOT_MASTER_STATUS = 307;

/** The same where the node says why. */
const NOT_MASTER_NOW: ReadonlySet<string | null> = new Set(['NO_MASTER', 'SHUTTING_DOWN', 'NOT_READY']);

export function judgeAttempt(attempt: Attempt, facts: AttemptFacts): Verdict {
  const { hasDoubt, isLate } = facts;
  const isInDoubt = hasDoubt || attempt.kind === 'broken';
  if (attempt.kind === 'answered' && !isOfNoMaster(attempt, facts) && (!hasDoubt || settles(attempt))) return 'pass';
  if (!isLate && (mayRepeat(attempt, facts) || waits(attempt, facts))) return 'again';
  return isInDoubt ? 'unknown' : 'refuse';
}

function isOfNoMaster({ status, code }: Answered, { isHeld }: AttemptFacts): boolean {
  return status === NOT_MASTER_STATUS || (isHeld && NOT_MASTER_NOW.has(code));
}

function mayRepeat({ kind }: Attempt, { isRepeatable, hasDoubt, knowsAnother }: AttemptFacts): boolean {
  return isRepeatable && (hasDoubt || kind !== 'unreachable' || knowsAnother);
}

/** What was not sent yet can still be sent, even if only once. */
function waits({ kind }: Attempt, { isHeld }: AttemptFacts): boolean {
  return isHeld && kind === 'unreachable';
}

/**
 * Does the answer say what became of an earlier attempt too? A refusal is about its own attempt only. But a key that
 * belongs to another message was refused in every attempt.
 */
function settles({ status, code }: Answered): boolean {
  return status < 300 || code === 'KEY_REUSED';
}
