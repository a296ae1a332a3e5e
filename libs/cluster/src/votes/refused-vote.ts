/** A promise that was not given, as it travels: a problem with status 409, and back again. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { NodeStatus, PromiseAnswer, PromiseRefusal, PromiseRequest } from '@replog/contracts/http.js';

const CODES: Readonly<Record<PromiseRefusal, ErrorCode>> = {
  PROMISED_HIGHER: 'STALE_EPOCH',
  PROMISED_OTHER: 'EPOCH_TAKEN',
  MASTER_ALIVE: 'MASTER_ALIVE',
  FOREIGN_CLUSTER: 'FOREIGN_CLUSTER',
  LOG_DAMAGED: 'LOG_DAMAGED',
};

export function refusedPromise(request: PromiseRequest, answer: PromiseAnswer, reason: PromiseRefusal): ReplogError {
  const { promisedEpoch, status } = answer;
  return new ReplogError(CODES[reason], sentenceOf(request, answer, reason), {
    extra: { reason, promisedEpoch, node: status },
  });
}

/** The answer that a problem document carries; `null` where it carries none. */
export function readRefusal(problem: Problem): PromiseAnswer | null {
  const { reason, promisedEpoch, node } = problem;
  if (typeof reason !== 'string' || !(reason in CODES) || typeof promisedEpoch !== 'number') return null;
  return { granted: false, reason: reason as PromiseRefusal, promisedEpoch, status: node as NodeStatus };
}

function sentenceOf(request: PromiseRequest, { promisedEpoch, status }: PromiseAnswer, reason: PromiseRefusal): string {
  const asked = `${status.nodeId} does not promise epoch ${request.epoch} to ${request.candidate}`;
  switch (reason) {
    case 'PROMISED_HIGHER':
      return `${asked}: it holds to epoch ${promisedEpoch} already. Stand for a higher one.`;
    case 'PROMISED_OTHER':
      return `${asked}: it has promised it to another candidate. Stand for a higher one.`;
    case 'MASTER_ALIVE':
      return `${asked}: it is master in epoch ${promisedEpoch}. Follow it, or let an operator promote ${request.candidate}.`;
    case 'FOREIGN_CLUSTER':
      return `${asked}: that one belongs to cluster ${request.clusterId}, this node to ${status.clusterId}. Point it at its own cluster.`;
    case 'LOG_DAMAGED':
      return `${asked}: its log is damaged and speaks for nothing until it is repaired. Ask the other members.`;
  }
}
