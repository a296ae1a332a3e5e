/**
 * Is a node still the one that the others know? A data directory can come back older than it was (restored from a
 * backup), or twice (copied). Then its node has forgotten what it acknowledged and for whom it voted, and must not
 * count under its incarnation.
 *
 * Two things tell it. A directory counts its starts and remembers the last ones: a process with a count that is not
 * higher, or one that does not remember a start that was seen, has an older directory, or another copy of it. And a master knows what a node acknowledged in its term: a node that has less, or
 * does not know of that term, has lost it.
 */
import type { KnownStart, NodeStart, NodeStatus } from '@replog/contracts/http.js';

/** `earlier`: not later than a start that was seen, by another process. `unknown`: there is nothing to compare with. */
export type StartSeen = 'unknown' | 'same' | 'later' | 'earlier';

export function compareStart(seen: Partial<NodeStart> | null, now: Partial<NodeStart>): StartSeen {
  if (seen?.incarnation === undefined || seen.incarnation !== now.incarnation) return 'unknown';
  if (seen.starts === undefined || now.starts === undefined) return 'unknown';
  if (seen.bootId === now.bootId) return 'same';
  const since = now.starts - seen.starts;
  if (since <= 0) return 'earlier';
  // An older directory may have been started often enough since, but it does not remember the start that was seen.
  const { boots = [] } = now;
  const remembers = since >= boots.length || boots.includes(seen.bootId as string);
  return remembers ? 'later' : 'earlier';
}

/**
 * `acknowledged`: what the node acknowledged in the term of `epoch`, told before `now` was asked for. An acknowledgement
 * is sent after the sync, and the epoch is durable before it.
 */
export function hasForgotten(
  { acknowledged, epoch }: { readonly acknowledged: number; readonly epoch: number },
  now: { readonly lastIndex: number; readonly epoch: number },
): boolean {
  return acknowledged > 0 && (now.lastIndex < acknowledged || now.epoch < epoch);
}

export interface OwnFacts extends Partial<NodeStart> {
  readonly nodeId: string;
  readonly incarnation: string;
  /** The highest epoch of this node. */
  readonly epoch: number;
  readonly lastIndex: number;
}

export type OwnIdentity =
  | { readonly kind: 'sound' }
  /** `by`: the node that knows more of this one. */
  | { readonly kind: 'restored'; readonly by: string; readonly why: string }
  /** Another process lives under this identity. */
  | { readonly kind: 'taken'; readonly url: string | null };

/** What a node concludes about itself from what others answered after it had started. */
export function judgeOwnIdentity(own: OwnFacts, answers: readonly NodeStatus[]): OwnIdentity {
  for (const { nodeId, incarnation, bootId, url } of answers) {
    const isOwn = nodeId === own.nodeId && incarnation === own.incarnation;
    if (isOwn && bootId !== undefined && bootId !== own.bootId) return { kind: 'taken', url };
  }
  for (const { nodeId, epoch, yours } of answers) {
    const why = nodeId === own.nodeId || yours === undefined ? null : forgottenOf(own, yours, epoch);
    if (why !== null) return { kind: 'restored', by: nodeId, why };
  }
  return { kind: 'sound' };
}

/** A master of an epoch that is over does not know which records the next master cut. */
function forgottenOf(own: OwnFacts, known: KnownStart, epoch: number): string | null {
  if (compareStart(known, own) === 'earlier') {
    return `it has seen start ${known.starts} of this directory, which the directory does not remember; this is start ${own.starts}`;
  }
  const { acknowledged = 0 } = known;
  if (known.incarnation !== own.incarnation || epoch < own.epoch || !hasForgotten({ acknowledged, epoch }, own))
    return null;
  return `this node has acknowledged records up to ${acknowledged} in epoch ${epoch}, and its log ends with ${own.lastIndex}`;
}
