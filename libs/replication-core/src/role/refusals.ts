/** The answers of the machine to requests that it refuses. */
import { ReplogError } from '@replog/contracts/errors.js';
import { REMOVED, damageSentence } from './derive.js';
import type { Damage, RoleValue } from './role-state.js';

/**
 * Why a promotion is refused at once; `null` if it is accepted, now or after what is in progress. A master is asked
 * only about a force.
 */
export function refusalOfPromotion({ state, damage, promotion }: RoleValue): ReplogError | null {
  if (state.kind === 'stopping' || state.kind === 'stopped') return isStopping();
  if (state.kind === 'starting' || state.kind === 'founding') return busy('This node is starting.');
  if (state.kind === 'removed') return new ReplogError('NOT_A_MEMBER', REMOVED);
  if (damage !== null) return damagedCandidate(damage);
  return promotion === null ? null : busy('This node is being promoted already.');
}

export function damagedCandidate(damage: Damage): ReplogError {
  const { segment, index } = damage;
  const sentence =
    `This node cannot become master: ${damageSentence(damage)}. Promote another member: this node is then repaired ` +
    'from it. If there is no other member, put the segment back from a copy.';
  return new ReplogError('LOG_DAMAGED', sentence, { extra: { segment, index } });
}

export function isStopping(): ReplogError {
  return busy('This node is being stopped.');
}

/** A transfer takes moments, and may still fail. */
export function isTransferring(successor: string): ReplogError {
  return busy(`This master is transferring its term to ${successor}.`);
}

function busy(sentence: string): ReplogError {
  return new ReplogError('CHANGE_IN_PROGRESS', `${sentence} Ask again shortly.`, { retryAfterS: 1 });
}

export function promotionLost(reason: string): ReplogError {
  return new ReplogError('PROMOTION_FAILED', `This node did not become master: ${reason}.`);
}

/** `why` completes the sentence "This master does not transfer its term to n2: …". */
export function transferRefused(to: string, why: string): ReplogError {
  return new ReplogError('TRANSFER_REFUSED', `This master does not transfer its term to ${to}: ${why}.`);
}
