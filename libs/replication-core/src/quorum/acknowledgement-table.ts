/**
 * How much of the log each node has on disk, as far as the master knows. Everything that counts copies asks this table:
 * write concerns, commitment, exposure.
 *
 * Only members count. Learners are recorded too, so that their acknowledgements count from the moment their membership is
 * written. An acknowledgement belongs to an incarnation: a wiped node starts from nothing.
 */
import type { Member } from '@replog/contracts/payloads.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { requiredSecondaries } from './required-secondaries.js';
import { highestFirst, highestIndexHeldBy, indexHeldBy, majorityOf } from './majority.js';

export class AcknowledgementTable {
  /** Highest index on the disk of the master. Only grows. */
  private masterIndex = 0;
  /** Highest acknowledged index by `identityOf`. Each only grows. */
  private readonly acknowledged = new Map<string, number>();
  /** Members other than the master, in the order of the membership record in force. */
  private secondaries: readonly Member[] = [];
  /** Their identities in the same order, kept because every acknowledgement and receipt needs them. */
  private identities: readonly string[] = [];
  /** Their acknowledged indexes, highest first; `null` after a change, until the next question. */
  private held: readonly number[] | null = null;
  /** The master is a member. Otherwise its own disk does not count for a majority. */
  private masterIsMember = true;
  /** Index of the first record of the current epoch. Before that one is held, copies prove nothing: see `satisfiedUpTo`. */
  private epochStartIndex = Number.POSITIVE_INFINITY;
  /** Highest index that was committed in the current epoch. Only grows, also where acknowledgements are forgotten. */
  private committedIndex = 0;

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

  /** Begins the epoch whose first record is at `epochStartIndex`. */
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

  /** Returns whether the acknowledgement is new. */
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

  /** Everything up to `index` is committed. */
  hasCommitted(index: number): void {
    if (index > this.committedIndex) this.committedIndex = index;
  }

  /** How many member secondaries must acknowledge for `concern`, with the current members. */
  requiredFor(concern: WriteConcern): number {
    return requiredSecondaries(concern, this.secondaries.length, this.masterIsMember);
  }

  /**
   * The highest index that meets `concern`. What was committed meets `majority` for good: a member whose disk came back older
   * does not vote, so every later master still has it, and its writer is not told `pending` after `satisfied`.
   */
  satisfiedFor(concern: WriteConcern): number {
    const index = this.satisfiedUpTo(this.requiredFor(concern));
    return concern === 'majority' ? Math.max(index, Math.min(this.masterIndex, this.committedIndex)) : index;
  }

  /**
   * The highest index that is on the disk of the master and acknowledged by at least `count` member secondaries. It is 0
   * until the first record of the epoch is held by as many: a record of an earlier epoch can be on a majority and still be
   * replaced by a later master, so copies of it alone prove nothing.
   */
  satisfiedUpTo(count: number): number {
    return this.inEpoch(Math.min(this.masterIndex, indexHeldBy(count, this.secondaryIndexes())));
  }

  /**
   * The highest committed index: durable on a majority of the members, and of the current epoch or followed by a record of
   * it. Every node holds a prefix of the log, so the second condition means: not before the first record of the epoch.
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
