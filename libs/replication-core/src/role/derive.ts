/** What follows from the role of a node. It is computed when needed and stored nowhere. */
import type { Role } from '@replog/contracts/http.js';
import type { Damage, RoleValue } from './role-state.js';

/** The role that others see. A node that steps down is master until its term has ended. */
export function roleOf({ state }: RoleValue): Role {
  switch (state.kind) {
    case 'master':
    case 'transferring':
    case 'steppingDown':
      return 'master';
    case 'stopping':
      return state.role;
    case 'starting':
    case 'founding':
    case 'unfounding':
    case 'secondary':
    case 'removed':
    case 'repairing':
    case 'polling':
    case 'awaitingTransfer':
    case 'campaigning':
    case 'stopped':
      return 'secondary';
  }
}

/** While a term is held nothing may raise the epoch. */
export function holdsTerm({ state }: RoleValue): boolean {
  return state.kind === 'master' || state.kind === 'transferring';
}

/** A candidate does not register and does not repair. It accepts a link until it has won. */
export function isCandidate({ state }: RoleValue): boolean {
  return state.kind === 'polling' || state.kind === 'awaitingTransfer' || state.kind === 'campaigning';
}

/** The other conditions depend on the request: see `refusalOfVote`. */
export function mayVote(value: RoleValue): boolean {
  return !holdsTerm(value) && value.damage === null;
}

/** The node looks for a master to register with. */
export function mayRegister({ state }: RoleValue): boolean {
  return state.kind === 'secondary';
}

/** The node is giving up the cluster that it has founded, or is about to. */
export function isUnfounding({ state }: RoleValue): boolean {
  return state.kind === 'unfounding' || (state.kind === 'steppingDown' && state.reason.kind === 'claimed');
}

/** The node takes records from a master. The end of a damaged log must neither be reported nor acknowledged. */
export function acceptsLink(value: RoleValue): boolean {
  return (value.state.kind === 'secondary' || isCandidate(value)) && value.damage === null;
}

export type WritesAre = 'taken' | 'held' | 'refused';

/** `held`: until the next master is known. */
export function writesAre({ state, isMasterChanging }: RoleValue): WritesAre {
  if (isMasterChanging) return 'held';
  return state.kind === 'master' ? 'taken' : 'refused';
}

/** Why the node may not serve yet; `null` when it may. This is readiness, not liveness. */
export function notReady({ state, damage, wantsTerm, lostMaster }: RoleValue): string | null {
  if (state.kind === 'stopping' || state.kind === 'stopped') return 'This node is shutting down.';
  if (state.kind === 'starting' || state.kind === 'founding') return 'This node is starting.';
  if (state.kind === 'removed') return REMOVED;
  if (state.kind === 'unfounding')
    return 'This node gives up the cluster it has founded: another one lists it as a member.';
  if (damage !== null) return damageSentence(damage);
  // A secondary that has lost its master still reads.
  if (!wantsTerm || lostMaster !== null || state.kind === 'steppingDown') return null;
  const failure = state.kind === 'polling' && state.by === 'itself' ? state.lastFailure : null;
  return failure ?? 'This node prefers to be master and polls the members.';
}

/** Why messages are not read here; `null` where they may be. A removed node falls behind, and nobody would notice. */
export function refusesReads({ state }: RoleValue): string | null {
  return state.kind === 'removed' ? REMOVED : null;
}

export const REMOVED =
  'This node was removed from the cluster. Ask another node. When this one is started again, it joins again as a new one.';

export function damageSentence({ segment, index, offset, fault }: Damage): string {
  return `segment ${segment} is damaged: record ${index} at byte ${offset} (${fault}). This node does not become master with this damage; the file is left as it is`;
}
