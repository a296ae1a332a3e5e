/**
 * What the master knows of who has how much of its log on disk. Everything that counts copies asks here: write
 * concerns, commitment, exposure.
 *
 * Only members count. A node that is joining is recorded too, so that its acknowledgements count from the very moment
 * its membership is written. An acknowledgement belongs to an incarnation: a wiped node starts from nothing again.
 */
import type { Member } from '@replog/contracts/payloads.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { requiredSecondaries } from './required-secondaries.js';
import { highestFirst, highestIndexHeldBy, indexHeldBy, majorityOf } from './majority.js';

export class AcknowledgementTable {
  /** Highest index on the master's own disk. Only grows. */
  private masterIndex = 0;
  /** Highest index acknowledged, by `identity`. Each only grows. */
  private readonly acknowledged = new Map<string, number>();
  /** Members other than the master, in the order of the membership record in force. */
  private secondaries: readonly Member[] = [];
  /** Theirs, in the same order: asked for with every acknowledgement and every receipt. */
  private identities: readonly string[] = [];
  /** What they have acknowledged, highest first; `null` until it is asked for again, which every write does. */
  private held: readonly number[] | null = null;
  /** Is the master itself among the members? Its own disk makes no majority otherwise. */
  private masterIsMember = true;
  /** Index of the current epoch's first record; nothing is safe by a count of copies before that one is. */
  private epochStartIndex = Number.POSITIVE_INFINITY;

  constructor(private readonly masterNodeId: string) {}

  get memberCount(): number {
    return this.secondaries.length + (this.masterIsMember ? 1 : 0);
  }

  get memberSecondaries(): readonly Member[] {
    return this.secondaries;
  }

  get masterDurable(): number {
    return this.masterIndex;
  }

  /** Begins to count for the epoch whose first record is at `epochStartIndex`. */
  beginEpoch(epochStartIndex: number): void {
    this.epochStartIndex = epochStartIndex;
  }

  setMembers(members: readonly Member[]): void {
    this.secondaries = members.filter((member) => member.nodeId !== this.masterNodeId);
    this.identities = this.secondaries.map(identityOf);
    this.held = null;
    this.masterIsMember = this.secondaries.length < members.length;
  }

  masterHas(index: number): void {
    if (index > this.masterIndex) this.masterIndex = index;
  }

  /** Answers whether this told anything new. */
  acknowledge(node: Pick<Member, 'nodeId' | 'incarnation'>, index: number): boolean {
    const identity = identityOf(node);
    if (index <= (this.acknowledged.get(identity) ?? 0)) return false;
    this.acknowledged.set(identity, index);
    this.held = null;
    return true;
  }

  acknowledgedBy(node: Pick<Member, 'nodeId' | 'incarnation'>): number {
    return this.indexOf(identityOf(node));
  }

  forget(node: Pick<Member, 'nodeId' | 'incarnation'>): void {
    this.acknowledged.delete(identityOf(node));
    this.held = null;
  }

  /** How many member secondaries have to acknowledge for `concern`, with the members of now. */
  requiredFor(concern: WriteConcern): number {
    return requiredSecondaries(concern, this.secondaries.length, this.masterIsMember);
  }

  /**
   * The highest index that is on the master's disk and acknowledged by at least `count` member secondaries. 0 before
   * the epoch's first record is held as widely: a record of an earlier epoch can be on a majority and still be
   * replaced by a later master's, so that copies of it alone are nothing to vouch for.
   */
  satisfiedUpTo(count: number): number {
    return this.inEpoch(Math.min(this.masterIndex, indexHeldBy(count, this.secondaryIndexes())));
  }

  /**
   * The highest index that is committed: durable on a majority of the members, and of the current epoch or followed
   * by one that is. As every node holds a prefix, the second half means: not before the epoch's first record.
   */
  committedUpTo(): number {
    const held = [...this.secondaryIndexes()];
    if (this.masterIsMember) held.push(this.masterIndex);
    return this.inEpoch(highestIndexHeldBy(majorityOf(held.length), held));
  }

  private inEpoch(index: number): number {
    return index >= this.epochStartIndex ? index : 0;
  }

  private secondaryIndexes(): readonly number[] {
    this.held ??= highestFirst(this.identities.map((identity) => this.indexOf(identity)));
    return this.held;
  }

  private indexOf(identity: string): number {
    return this.acknowledged.get(identity) ?? 0;
  }
}

export function identityOf(node: Pick<Member, 'nodeId' | 'incarnation'>): string {
  return `${node.nodeId}\n${node.incarnation}`;
}
