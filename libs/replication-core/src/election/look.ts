/**
 * Look first: what a node that could take office does with what it sees of the others. A living master of an equal or
 * higher epoch is followed; without a majority in sight nobody stands, so that no epoch is spent on a hopeless try.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import { isMajority } from '../quorum/majority.js';
import { isSame, standingOf } from '../membership/membership.js';

export interface LookFacts {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly clusterId: string | null;
  /** The highest epoch this node holds to. */
  readonly epoch: number;
  readonly membership: Membership;
}

export type LookDecision =
  | {
      readonly kind: 'follow';
      readonly master: { readonly nodeId: string; readonly url: string; readonly epoch: number };
    }
  | { readonly kind: 'stand'; readonly epoch: number }
  | { readonly kind: 'wait'; readonly reason: string };

export function decideAfterLook(facts: LookFacts, seen: readonly NodeStatus[]): LookDecision {
  const ours = seen.filter((status) => status.clusterId === facts.clusterId && status.nodeId !== facts.nodeId);
  const masters = ours.filter((status) => status.role === 'master' && status.holdsTerm && status.url !== null);
  const newest = masters.sort((left, right) => right.epoch - left.epoch)[0];
  const standing = standingOf(facts.membership, facts);
  // Who is no member cannot stand, whatever epoch it holds to: the master hears of that epoch when it registers.
  if (newest !== undefined && (newest.epoch >= facts.epoch || standing !== 'member')) {
    return { kind: 'follow', master: { nodeId: newest.nodeId, url: newest.url as string, epoch: newest.epoch } };
  }
  if (standing !== 'member') {
    return { kind: 'wait', reason: `this node is no member of the cluster (${standing}), so it cannot take office` };
  }
  // Counted by member, not by answer: one node may be known under two addresses.
  const inSight = [facts, ...ours];
  const present = facts.membership.members.filter((member) => inSight.some((node) => isSame(node, member))).length;
  if (!isMajority(present, facts.membership.members.length)) {
    return {
      kind: 'wait',
      reason: `${present} of ${facts.membership.members.length} members are in sight, which is no majority`,
    };
  }
  return { kind: 'stand', epoch: Math.max(facts.epoch, ...ours.map((status) => status.epoch)) + 1 };
}
