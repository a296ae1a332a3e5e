/**
 * Counts the votes of one candidate for one epoch. With a majority of the members it knows the most advanced log among
 * its voters. Whatever a majority acknowledged before is in that log, because two majorities share a member.
 */
import type { NodeStatus, VoteAnswer } from '@replog/contracts/http.js';
import type { Member, Membership, NoVote } from '@replog/contracts/payloads.js';
import { isMajority } from '../quorum/majority.js';
import { isSame } from '../membership/membership.js';

export interface Voter {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly url: string | null;
  readonly last: NodeStatus['last'];
}

type End = Pick<NodeStatus['last'], 'index' | 'epoch'>;

export type CampaignDecision =
  | { readonly kind: 'won'; readonly mostAdvanced: Voter }
  | {
      readonly kind: 'short';
      readonly votes: number;
      readonly members: number;
      readonly reasons: readonly string[];
    };

/** A reason goes into a record: an answer of another program may be long. */
const MAX_REASON_LENGTH = 200;

export class Campaign {
  /** One per node: who voted for this candidate in this epoch. */
  private readonly voters = new Map<string, Voter>();
  private readonly refusals: string[] = [];
  /** The last word of each member that did not vote. */
  private readonly reasons = new Map<string, string>();
  /** The highest epoch heard of in refusals. */
  private highestHeard: number;
  private hasRival = false;
  private outrunBy: string | null = null;

  constructor(
    readonly epoch: number,
    private readonly self: Voter,
  ) {
    this.voters.set(self.nodeId, self);
    this.highestHeard = epoch;
  }

  get heardEpoch(): number {
    return this.highestHeard;
  }

  /** Has a member voted for another candidate in this very epoch? Then both may get less than a majority. */
  get isContested(): boolean {
    return this.hasRival;
  }

  /** A member with a newer log in which the candidate is no member; `null` if none has said so. */
  get outrunner(): string | null {
    return this.outrunBy;
  }

  has(nodeId: string): boolean {
    return this.voters.has(nodeId);
  }

  answered(member: Member, answer: VoteAnswer): void {
    this.highestHeard = Math.max(this.highestHeard, answer.votedEpoch);
    const { status } = answer;
    if (!answer.granted) {
      this.hasRival ||= answer.votedEpoch === this.epoch;
      if (answer.reason === 'NOT_A_MEMBER') this.outrunBy = member.nodeId;
      this.notVoted(member, `${answer.reason ?? 'refused'} (epoch ${answer.votedEpoch})`);
      return;
    }
    this.voters.set(status.nodeId, {
      nodeId: status.nodeId,
      incarnation: status.incarnation,
      url: member.url,
      last: status.last,
    });
  }

  failed(member: Member, reason: string): void {
    this.notVoted(member, reason);
  }

  /** Who of the members voted, and who did not and why. */
  result({ members }: Membership): { readonly votes: readonly string[]; readonly without: readonly NoVote[] } {
    const [votes, others] = [
      members.filter(({ nodeId }) => this.has(nodeId)),
      members.filter(({ nodeId }) => !this.has(nodeId)),
    ];
    const reasonOf = (nodeId: string): string => this.reasons.get(nodeId) ?? 'has not answered yet';
    return {
      votes: votes.map(({ nodeId }) => nodeId),
      without: others.map(({ nodeId }) => ({ nodeId, reason: reasonOf(nodeId).slice(0, MAX_REASON_LENGTH) })),
    };
  }

  private notVoted({ nodeId }: Member, reason: string): void {
    this.refusals.push(`${nodeId}: ${reason}`);
    this.reasons.set(nodeId, reason);
  }

  /**
   * Decided under `membership`, the newest in the candidate's log: fetched records may have changed it. If they removed
   * the candidate, it wins nothing, however many voted for it.
   */
  decide(membership: Membership): CampaignDecision {
    const isMember = membership.members.some((member) => isSame(member, this.self));
    const counted = this.countedIn(membership);
    if (!isMember || !isMajority(counted.length, membership.members.length)) {
      const reasons = isMember ? [...this.refusals] : ['the candidate is no member any more'];
      return { kind: 'short', votes: counted.length, members: membership.members.length, reasons };
    }
    return { kind: 'won', mostAdvanced: mostAdvancedOf(counted, this.self) };
  }

  /** The most advanced log among the voters, majority or not. */
  best(membership: Membership): Voter {
    return mostAdvancedOf(this.countedIn(membership), this.self);
  }

  private countedIn(membership: Membership): Voter[] {
    return [...this.voters.values()].filter((voter) => membership.members.some((member) => isSame(member, voter)));
  }
}

function mostAdvancedOf(voters: readonly Voter[], self: Voter): Voter {
  return voters.reduce((best, other) => (isMoreAdvanced(other.last, best.last) ? other : best), self);
}

/** Highest last epoch first, then index. */
export function isMoreAdvanced(left: End, right: End): boolean {
  return left.epoch !== right.epoch ? left.epoch > right.epoch : left.index > right.index;
}
