/**
 * Whose word of a higher epoch ends a master's term? That of a member: it voted, or follows another master, and refuses this
 * master from then on. Any other node proves nothing by it: one that was removed, or never joined, may hold to an epoch that
 * no majority ever voted in. The master then asks its members. Were a higher epoch won, a majority of the members voted in it
 * (or in one between), and every other majority has one of these voters: a majority that knows of none is proof.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import { isSame, memberOf, standingOf } from '../membership/membership.js';
import { isMajority } from '../quorum/majority.js';
import type { PollFacts } from './poll.js';

/** A node that is in a higher epoch. */
export interface Speaker {
  readonly nodeId: string;
  /** `null` where its call does not name it. */
  readonly incarnation: string | null;
}

/**
 * The next incarnation of a member counts as well: unless its disk was lost, it holds to the votes of the one before it, and
 * those still count.
 */
export function speaksForMember(membership: Membership, { nodeId, incarnation }: Speaker): boolean {
  if (incarnation !== null && standingOf(membership, { nodeId, incarnation }) === 'removed') return false;
  return memberOf(membership, nodeId) !== undefined;
}

export type AskingMaster = Pick<PollFacts, 'nodeId' | 'incarnation' | 'clusterId' | 'epoch' | 'membership'>;

export type MembersSay =
  /** A member is in a higher epoch. */
  | { readonly kind: 'over'; readonly epoch: number; readonly from: string }
  /** A majority knows of no higher epoch. */
  | { readonly kind: 'current' }
  | { readonly kind: 'too few' };

/** `answers`: what the members answered, this master left out. */
export function whatMembersSay(master: AskingMaster, answers: readonly NodeStatus[]): MembersSay {
  const ours = answers.filter(
    (status) => status.clusterId === master.clusterId && speaksForMember(master.membership, status),
  );
  const higher = ours.find(({ epoch }) => epoch > master.epoch);
  if (higher !== undefined) return { kind: 'over', epoch: higher.epoch, from: higher.nodeId };
  const { members } = master.membership;
  const present = members.filter((member) => [master, ...ours].some((node) => isSame(node, member))).length;
  return isMajority(present, members.length) ? { kind: 'current' } : { kind: 'too few' };
}
