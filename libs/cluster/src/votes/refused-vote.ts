/** A promise that was not given, as it travels: a problem with status 409, and back again. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { NodeStatus, VoteAnswer, VoteRefusal, VoteRequest } from '@replog/contracts/http.js';

const CODES: Readonly<Record<VoteRefusal, ErrorCode>> = {
  VOTED_HIGHER: 'STALE_EPOCH',
  VOTED_OTHER: 'EPOCH_TAKEN',
  MASTER_ALIVE: 'MASTER_ALIVE',
  FOREIGN_CLUSTER: 'FOREIGN_CLUSTER',
  LOG_DAMAGED: 'LOG_DAMAGED',
};

export function refusedVote(request: VoteRequest, answer: VoteAnswer, reason: VoteRefusal): ReplogError {
  const { votedEpoch, status } = answer;
  return new ReplogError(CODES[reason], sentenceOf(request, answer, reason), {
    extra: { reason, votedEpoch, node: status },
  });
}

/** The answer that a problem document carries; `null` where it carries none. */
export function readRefusal(problem: Problem): VoteAnswer | null {
  const { reason, votedEpoch, node } = problem;
  if (typeof reason !== 'string' || !(reason in CODES) || typeof votedEpoch !== 'number') return null;
  return { granted: false, reason: reason as VoteRefusal, votedEpoch, status: node as NodeStatus };
}

function sentenceOf(request: VoteRequest, { votedEpoch, status }: VoteAnswer, reason: VoteRefusal): string {
  const asked = `${status.nodeId} does not promise epoch ${request.epoch} to ${request.candidate}`;
  switch (reason) {
    case 'VOTED_HIGHER':
      return `${asked}: it holds to epoch ${votedEpoch} already. Stand for a higher one.`;
    case 'VOTED_OTHER':
      return `${asked}: it has promised it to another candidate. Stand for a higher one.`;
    case 'MASTER_ALIVE':
      return `${asked}: it is master in epoch ${votedEpoch}. Follow it, or let an operator promote ${request.candidate}.`;
    case 'FOREIGN_CLUSTER':
      return `${asked}: that one belongs to cluster ${request.clusterId}, this node to ${status.clusterId}. Point it at its own cluster.`;
    case 'LOG_DAMAGED':
      return `${asked}: its log is damaged and speaks for nothing until it is repaired. Ask the other members.`;
  }
}
