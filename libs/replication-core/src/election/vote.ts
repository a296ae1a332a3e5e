/**
 * May this node vote for a candidate in an epoch? Once per epoch, for one candidate, and never below the epoch it holds to.
 * Votes of a majority make a second master in one epoch impossible. A node that hears its master votes only where an operator
 * wants another one, who has asked that master to transfer its term, or may not be able to: its disk may hang.
 */
import type { VoteAnswer, VoteRequest } from '@replog/contracts/http.js';
import { isMoreAdvanced } from './campaign.js';

export interface VoteFacts {
  readonly clusterId: string | null;
  /** The last vote, durable. */
  readonly vote: { readonly epoch: number; readonly to: string } | null;
  /** Epoch of the last record in the log. */
  readonly logEpoch: number;
  /** Index of the last record in the log. */
  readonly logIndex: number;
  /** Does the membership in the log list the candidate? */
  readonly isListed: boolean;
  /** Is this node master? It gives way only to a promotion, which asks it to transfer its term first. */
  readonly holdsTerm: boolean;
  /** Is the log known to be damaged? Its end is not where it was when it was acknowledged: such a node does not vote. */
  readonly isDamaged: boolean;
  /** Does the disk not answer? The vote could not be made durable in time. */
  readonly isStalled: boolean;
  /** The master that this node hears on its link; `null` if there is none. */
  readonly hears: string | null;
  readonly isPaused: boolean;
}

export function refusalOfVote(facts: VoteFacts, request: VoteRequest): VoteAnswer['reason'] {
  if (facts.clusterId !== null && facts.clusterId !== request.clusterId) return 'FOREIGN_CLUSTER';
  if (facts.isDamaged) return 'LOG_DAMAGED';
  if (facts.isStalled) return 'STORAGE_STALLED';
  // Also of a master: by this the candidate knows that it has to follow.
  if (!facts.isListed && isBehind(request, facts)) return 'NOT_A_MEMBER';
  if (facts.holdsTerm) return 'MASTER_ALIVE';
  if (facts.hears !== null && facts.hears !== request.candidate && request.by !== 'operator') return 'MASTER_HEARD';
  if (facts.isPaused && request.by === 'failover') return 'FAILOVER_PAUSED';
  if (request.epoch <= facts.logEpoch) return 'VOTED_HIGHER';
  if (facts.vote === null || request.epoch > facts.vote.epoch) return null;
  if (request.epoch < facts.vote.epoch) return 'VOTED_HIGHER';
  return facts.vote.to === request.candidate ? null : 'VOTED_OTHER';
}

/**
 * A candidate with less log that is not listed cannot win with this vote: it would have to take over this log, which says that it
 * is no member. It hung while it was taken out, for example, and its campaign would only end the term of a living master. One
 * with as much log may have joined by a record that this node lacks.
 */
function isBehind({ last }: VoteRequest, { logIndex: index, logEpoch: epoch }: VoteFacts): boolean {
  return last !== undefined && isMoreAdvanced({ index, epoch }, last);
}
