/**
 * What a node that could become master does with the answers to its poll. It follows a living master of an equal or higher
 * epoch. Without a majority that answers it does not campaign, so no epoch is spent on a hopeless try.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import { wayOut } from '../quorum/way-out.js';
import type { StorageState } from '@replog/contracts/views.js';
import { isMajority } from '../quorum/majority.js';
import { isSame, standingOf } from '../membership/membership.js';
import type { MemberStanding } from '../membership/membership.js';
import { storageFault } from '../storage/storage-state.js';

export interface PollFacts {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly clusterId: string | null;
  /** The highest epoch this node holds to. */
  readonly epoch: number;
  readonly membership: Membership;
  readonly storage: StorageState;
}

export type PollDecision =
  | {
      readonly kind: 'follow';
      readonly master: { readonly nodeId: string; readonly url: string; readonly epoch: number };
    }
  | { readonly kind: 'campaign'; readonly epoch: number }
  | { readonly kind: 'wait'; readonly reason: string };

const WHY_NO_MEMBER: Readonly<Record<Exclude<MemberStanding, 'member'>, string>> = {
  'other-incarnation': 'the members know it with another data directory, or with more in this one',
  removed: 'it was removed from the cluster',
  unknown: 'it is no member of the cluster',
};

/** `isOutrun`: a member with a newer log has said that this node is no member in it, whatever its own log says. */
export function decideAfterPoll(facts: PollFacts, answers: readonly NodeStatus[], isOutrun = false): PollDecision {
  const ours = answers.filter((status) => status.clusterId === facts.clusterId && status.nodeId !== facts.nodeId);
  const masters = ours.filter((status) => status.role === 'master' && status.holdsTerm && status.url !== null);
  const newest = masters.sort((left, right) => right.epoch - left.epoch)[0];
  const standing = standingOf(facts.membership, facts);
  // Only members may campaign. The master hears of a higher epoch held here when this node registers.
  if (newest !== undefined && (newest.epoch >= facts.epoch || standing !== 'member' || isOutrun)) {
    return { kind: 'follow', master: { nodeId: newest.nodeId, url: newest.url as string, epoch: newest.epoch } };
  }
  if (standing !== 'member') {
    const reason = `this node cannot become master, because ${WHY_NO_MEMBER[standing]}. Make a member master with POST /cluster/promote: this node then joins it`;
    return { kind: 'wait', reason };
  }
  const fault = storageFault(facts.storage);
  if (fault !== null) return { kind: 'wait', reason: `this node stores nothing now: ${fault}` };
  // Counted by member, not by answer: one node may be known under two addresses.
  const inSight = [facts, ...ours];
  const present = facts.membership.members.filter((member) => inSight.some((node) => isSame(node, member))).length;
  if (!isMajority(present, facts.membership.members.length)) {
    return {
      kind: 'wait',
      reason: `${present} of ${facts.membership.members.length} members are in sight, which is no majority. ${wayOut(facts.nodeId)}`,
    };
  }
  return { kind: 'campaign', epoch: Math.max(facts.epoch, ...ours.map((status) => status.epoch)) + 1 };
}
