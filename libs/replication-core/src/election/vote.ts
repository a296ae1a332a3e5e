/**
 * May this node promise an epoch to a candidate? Once per epoch, to one candidate, and never below what it holds to.
 * The promises of a majority are what makes a second master in one epoch impossible.
 */
import type { VoteAnswer, VoteRequest } from '@replog/contracts/http.js';

export interface VoteFacts {
  readonly clusterId: string | null;
  /** What was promised so far, durably. */
  readonly promised: { readonly epoch: number; readonly to: string } | null;
  /** Epoch of the last record in the log. */
  readonly logEpoch: number;
  /** Is this node a master in office? Such a one gives way only to a promotion, which asks it to hand over first. */
  readonly holdsTerm: boolean;
  /** Is the log known to be damaged? Its end is not where it was when it was acknowledged: it speaks for nothing. */
  readonly isDamaged: boolean;
}

export function refusalOfVote(facts: VoteFacts, request: VoteRequest): VoteAnswer['reason'] {
  if (facts.clusterId !== null && facts.clusterId !== request.clusterId) return 'FOREIGN_CLUSTER';
  if (facts.isDamaged) return 'LOG_DAMAGED';
  if (facts.holdsTerm) return 'MASTER_ALIVE';
  if (request.epoch <= facts.logEpoch) return 'VOTED_HIGHER';
  if (facts.promised === null || request.epoch > facts.promised.epoch) return null;
  if (request.epoch < facts.promised.epoch) return 'VOTED_HIGHER';
  return facts.promised.to === request.candidate ? null : 'VOTED_OTHER';
}
