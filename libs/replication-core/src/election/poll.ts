/**
 * What a node that could become master does with the answers to its poll. It follows a living master of an equal or higher
 * epoch. Without a majority that answers and hears no master it does not campaign, so no epoch is spent on a hopeless try, and
 * a node that alone has lost its master deposes nobody.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import { wayOut } from '../quorum/way-out.js';
import type { StorageState } from '@replog/contracts/views.js';
import { isMajority } from '../quorum/majority.js';
import { isMoreAdvanced } from './campaign.js';
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
  readonly last: NodeStatus['last'];
}

export interface PollTerms {
  /** `PRIORITY=0`, where others can be elected. */
  readonly isNeverMaster: boolean;
  /** A member with a more advanced log goes first, once. */
  readonly givesWay: boolean;
  /** A member with a newer log has said that this node is no member in it, whatever its own log says. */
  readonly isOutrun: boolean;
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

export function decideAfterPoll(
  facts: PollFacts,
  answers: readonly NodeStatus[],
  { isNeverMaster, givesWay, isOutrun }: PollTerms,
): PollDecision {
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
  if (isNeverMaster) return { kind: 'wait', reason: 'this node is never master (PRIORITY=0)' };
  const fault = storageFault(facts.storage);
  if (fault !== null) return { kind: 'wait', reason: `this node stores nothing now: ${fault}` };
  // Counted by member, not by answer: one node may be known under two addresses.
  const { members } = facts.membership;
  const others = members.flatMap((member) => ours.find((node) => isSame(node, member)) ?? []);
  const present = others.length + 1;
  if (!isMajority(present, members.length)) {
    return {
      kind: 'wait',
      reason: `${present} of ${members.length} members are in sight, which is no majority. ${wayOut(facts.nodeId)}`,
    };
  }
  const hearing = others.filter(({ hears = null }) => hears !== null && hears !== facts.nodeId);
  if (!isMajority(present - hearing.length, members.length)) {
    return { kind: 'wait', reason: `no majority has lost the master: ${hearing.map(sentenceOf).join(', ')}` };
  }
  const ahead = others.find(({ last }) => isMoreAdvanced(last, facts.last));
  if (givesWay && ahead !== undefined) {
    return { kind: 'wait', reason: `${ahead.nodeId} has a more advanced log and goes first` };
  }
  return { kind: 'campaign', epoch: Math.max(facts.epoch, ...ours.map((status) => status.epoch)) + 1 };
}

function sentenceOf({ nodeId, hears }: NodeStatus): string {
  return `${nodeId} still hears ${hears}`;
}
