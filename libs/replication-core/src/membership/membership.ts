/** The membership list and how it may change. A list is in force from the moment its record is written. */
import { MAX_REMOVED_REMEMBERED } from '@replog/contracts/limits.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';

export const NO_MEMBERS: Membership = Object.freeze({ members: [], removed: [] });

export type MemberStanding = 'member' | 'other-incarnation' | 'removed' | 'unknown';

export function standingOf(membership: Membership, node: Pick<Member, 'nodeId' | 'incarnation'>): MemberStanding {
  if (membership.removed.some((removed) => isSame(removed, node))) return 'removed';
  const member = memberOf(membership, node.nodeId);
  if (member === undefined) return 'unknown';
  return member.incarnation === node.incarnation ? 'member' : 'other-incarnation';
}

export function memberOf(membership: Membership, nodeId: string): Member | undefined {
  return membership.members.find((member) => member.nodeId === nodeId);
}

/** The membership with `member`: added, or in place of its earlier incarnation or address. */
export function withMember(membership: Membership, member: Member): Membership {
  const isKnown = memberOf(membership, member.nodeId) !== undefined;
  const members = isKnown
    ? membership.members.map((known) => (known.nodeId === member.nodeId ? member : known))
    : [...membership.members, member];
  return { ...membership, members };
}

/** The membership without `node`, which an operator removes. This incarnation is remembered and cannot join again. */
export function withoutMember(membership: Membership, node: Pick<Member, 'nodeId' | 'incarnation'>): Membership {
  const others = membership.removed.filter((removed) => !isSame(removed, node));
  return {
    ...membership,
    members: membership.members.filter((member) => !isSame(member, node)),
    removed: [...others, { nodeId: node.nodeId, incarnation: node.incarnation }].slice(-MAX_REMOVED_REMEMBERED),
  };
}

/**
 * The membership without `node`, which left by itself. Nothing is remembered: it has everything that it acknowledged, and
 * when it comes back it joins like a new node and keeps its log.
 */
export function afterLeaving(membership: Membership, node: Pick<Member, 'nodeId' | 'incarnation'>): Membership {
  return { ...membership, members: membership.members.filter((member) => !isSame(member, node)) };
}

export function isSame(
  left: Pick<Member, 'nodeId' | 'incarnation'>,
  right: Pick<Member, 'nodeId' | 'incarnation'>,
): boolean {
  return left.nodeId === right.nodeId && left.incarnation === right.incarnation;
}

export interface ChangeFacts {
  readonly committed: number;
  /** Index of the first record of the current epoch. */
  readonly epochStartIndex: number;
  /** Index of the membership record in force. */
  readonly membershipIndex: number;
}

/** One change at a time: the last one and the first record of the epoch must be committed. */
export function mayChangeMembership(facts: ChangeFacts): boolean {
  return facts.committed >= facts.epochStartIndex && facts.committed >= facts.membershipIndex;
}
