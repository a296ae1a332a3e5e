/**
 * What a node does after one attempt to pass a request on to the master. A client is never left in doubt: an attempt that
 * broke may have been carried out, so its request is repeated until an answer settles it, and where that is not possible
 * the client is told that the outcome is unknown, and where to look.
 */

export type Attempt =
  /** `code`: of the problem; `null` if the answer is none. */
  | { readonly kind: 'answered'; readonly status: number; readonly code: string | null }
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
}

/** `pass`: the answer goes to the client. `refuse`: nothing was done. `unknown`: it may have been done. */
export type Verdict = 'pass' | 'again' | 'refuse' | 'unknown';

/** A node that is not master answers with it, and has done nothing. */
export const NOT_MASTER_STATUS = 307;

export function judgeAttempt(attempt: Attempt, facts: AttemptFacts): Verdict {
  const { hasDoubt, isLate } = facts;
  const isInDoubt = hasDoubt || attempt.kind === 'broken';
  if (attempt.kind === 'answered' && attempt.status !== NOT_MASTER_STATUS && (!hasDoubt || settles(attempt)))
    return 'pass';
  if (facts.isRepeatable && !isLate && (isInDoubt || attempt.kind === 'answered' || facts.knowsAnother)) return 'again';
  return isInDoubt ? 'unknown' : 'refuse';
}

/**
 * Does the answer say what became of an earlier attempt too? A refusal is about its own attempt only. But a key that
 * belongs to another message was refused in every attempt.
 */
function settles({ status, code }: { readonly status: number; readonly code: string | null }): boolean {
  return status < 300 || code === 'KEY_REUSED';
}
