/** A refused vote over HTTP: a problem with status 409, and its reading. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { NodeStatus, VoteAnswer, VoteRefusal, VoteRequest } from '@replog/contracts/http.js';

const CODES: Readonly<Record<VoteRefusal, ErrorCode>> = {
  VOTED_HIGHER: 'STALE_EPOCH',
  VOTED_OTHER: 'EPOCH_TAKEN',
  MASTER_ALIVE: 'MASTER_ALIVE',
  MASTER_HEARD: 'MASTER_ALIVE',
  FAILOVER_PAUSED: 'FAILOVER_PAUSED',
  FOREIGN_CLUSTER: 'FOREIGN_CLUSTER',
  LOG_DAMAGED: 'LOG_DAMAGED',
  STORAGE_STALLED: 'STORAGE_STALLED',
  NOT_A_MEMBER: 'NOT_A_MEMBER',
  NODE_ID_TAKEN: 'NODE_ID_TAKEN',
};

export function refusedVote(request: VoteRequest, answer: VoteAnswer, reason: VoteRefusal): ReplogError {
  const { votedEpoch, status } = answer;
  return new ReplogError(CODES[reason], sentenceOf(request, answer, reason), {
    extra: { reason, votedEpoch, node: status },
  });
}

/** The answer in a problem document; `null` if it has none. */
export function readRefusal(problem: Problem): VoteAnswer | null {
  const { reason, votedEpoch, node } = problem;
  if (typeof reason !== 'string' || !(reason in CODES) || typeof votedEpoch !== 'number') return null;
  return { granted: false, reason: reason as VoteRefusal, votedEpoch, status: node as NodeStatus };
}

function sentenceOf(request: VoteRequest, { votedEpoch, status }: VoteAnswer, reason: VoteRefusal): string {
  const asked = `${status.nodeId} does not vote for ${request.candidate} in epoch ${request.epoch}`;
  switch (reason) {
    case 'VOTED_HIGHER':
      return `${asked}: it is in epoch ${votedEpoch} already. Campaign for a higher one.`;
    case 'VOTED_OTHER':
      return `${asked}: it has voted for another candidate. Campaign for a higher one.`;
    case 'MASTER_ALIVE':
      return `${asked}: it is master in epoch ${votedEpoch}. Follow it, or let an operator promote ${request.candidate}.`;
    case 'MASTER_HEARD':
      return `${asked}: it hears the master ${status.hears}. Follow that one, or let an operator promote ${request.candidate}.`;
    case 'FAILOVER_PAUSED':
      return `${asked}: an operator has paused automatic failover. End the pause with POST /cluster/failover, or let an operator promote ${request.candidate}.`;
    case 'FOREIGN_CLUSTER':
      return `${asked}: the candidate belongs to cluster ${request.clusterId}, this node to ${status.clusterId}. Point the candidate at its own cluster.`;
    case 'NOT_A_MEMBER':
      return `${asked}: it has a newer log, in which ${request.candidate} is no member. Promote a member: ${request.candidate} then joins it.`;
    case 'NODE_ID_TAKEN':
      return `${asked}: two processes live under the identity of one of them, one of them started from a copied data directory. Stop the copy.`;
    case 'LOG_DAMAGED':
      return `${asked}: its log is damaged, and it does not vote until it is repaired. Ask the other members.`;
    case 'STORAGE_STALLED':
      return `${asked}: its disk does not answer, so the vote cannot be made durable. Ask the other members.`;
  }
}
