/**
 * Which node has acknowledged which records, and when: every acknowledgement enters here. The ledger advances the
 * committed index, notifies waiting writes, and knows for a recent record who acknowledged it after how long.
 */
import type { Member } from '@replog/contracts/payloads.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { AckView, WriteConcern } from '@replog/contracts/views.js';
import { Exposure } from '@replog/core/concern/exposure.js';
import { Timeline } from '@replog/core/concern/timeline.js';
import { AcknowledgementTable, identityOf } from '@replog/core/quorum/acknowledgement-table.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';

/** Appends and acknowledgements with a remembered time, per node. Older receipts show no milliseconds. */
const REMEMBERED = 16_384;

export class CopyLedger {
  private readonly table: AcknowledgementTable;
  private readonly appended = new Timeline(REMEMBERED);
  private readonly durable = new Timeline(REMEMBERED);
  private readonly acknowledged = new Map<string, Timeline>();
  /** The last answer of `acksOf`: until something changes, it holds for all records of the same block. */
  private told: { readonly from: number; readonly to: number; readonly acks: readonly AckView[] } | null = null;
  private readonly exposed = new Exposure();
  private readonly listeners = new Set<() => void>();
  private epochStartIndex = Number.POSITIVE_INFINITY;

  constructor(
    private readonly node: LocalNode,
    private readonly clock: Clock,
  ) {
    this.table = new AcknowledgementTable(node.nodeId);
  }

  get memberCount(): number {
    return this.table.memberCount;
  }

  get masterDurable(): number {
    return this.table.masterDurable;
  }

  get exposure(): number {
    return this.exposed.count;
  }

  get epochStart(): number {
    return this.epochStartIndex;
  }

  /** Starts the epoch whose first record is `epochStartIndex`. */
  open(epochStartIndex: number): void {
    this.epochStartIndex = epochStartIndex;
    this.table.beginEpoch(epochStartIndex);
    this.appended.watchAfter(epochStartIndex - 1);
    this.exposed.commit(this.node.committed);
    this.table.setMembers(this.node.membership.members);
    this.masterHas(this.node.store.durable.index);
  }

  /** Records up to `index` were appended to the master's log. */
  hasAppended(index: number): void {
    this.told = null;
    this.appended.reached(index, this.clock.nowMs());
  }

  masterHas(index: number): void {
    this.told = null;
    this.table.masterHas(index);
    this.durable.reached(index, this.clock.nowMs());
    this.progress();
  }

  acknowledge(secondary: Pick<Member, 'nodeId' | 'incarnation'>, index: number): void {
    if (!this.table.acknowledge(secondary, index)) return;
    this.told = null;
    this.timelineOf(secondary).reached(index, this.clock.nowMs());
    this.progress();
  }

  acknowledgedBy(secondary: Pick<Member, 'nodeId' | 'incarnation'>): number {
    return this.table.acknowledgedBy(secondary);
  }

  /** A new membership is in force. */
  membersChanged(): void {
    this.told = null;
    this.table.setMembers(this.node.membership.members);
    this.progress();
  }

  forget(secondary: Pick<Member, 'nodeId' | 'incarnation'>): void {
    this.told = null;
    this.table.forget(secondary);
    this.acknowledged.delete(identityOf(secondary));
  }

  requiredFor(concern: WriteConcern): number {
    return this.table.requiredFor(concern);
  }

  isSatisfied(index: number, concern: WriteConcern): boolean {
    return this.table.satisfiedFor(concern) >= index;
  }

  /** What `WaitingWrites` asks for. */
  get acknowledgements(): AcknowledgementTable {
    return this.table;
  }

  /** A writer is told that the concern for the record at `index` is met. */
  hasAnswered(index: number): void {
    this.exposed.satisfied(index);
  }

  /** The nodes that have the record at `index` on disk, master first; `ms` counts from its arrival if still remembered. */
  acksOf(index: number): readonly AckView[] {
    const { told } = this;
    if (told !== null && index >= told.from && index <= told.to) return told.acks;
    const start = this.appended.spanOf(index);
    const acks: AckView[] = [];
    let { from, to } = start;
    const tell = (node: string, role: AckView['role'], timeline: Timeline, upTo: number): void => {
      const reached = timeline.spanOf(index);
      const isKnown = start.atMs !== null && reached.atMs !== null;
      if (upTo >= index)
        acks.push({ node, role, ms: isKnown ? roundMs(Math.max(0, reached.atMs - start.atMs)) : null });
      [from, to] = [Math.max(from, reached.from), Math.min(to, reached.to)];
      if (upTo >= index) to = Math.min(to, upTo);
      else from = Math.max(from, upTo + 1);
    };
    tell(this.node.nodeId, 'master', this.durable, this.table.masterDurable);
    for (const member of this.table.memberSecondaries) {
      tell(member.nodeId, 'secondary', this.timelineOf(member), this.table.acknowledgedBy(member));
    }
    this.told = { from, to, acks };
    return acks;
  }

  /** When the record at `index` was appended, on the clock of `nowMs`; `null` if that is too long ago. */
  appendedAt(index: number): number | null {
    return this.appended.timeOf(index);
  }

  /** Calls `listener` after every change that may complete a wait. Returns the function that unsubscribes it. */
  onProgress(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private progress(): void {
    const committed = this.table.committedUpTo();
    if (committed > this.node.committed) {
      this.table.hasCommitted(committed);
      this.exposed.commit(committed);
      this.node.commit(committed);
    }
    for (const listener of this.listeners) listener();
  }

  private timelineOf(secondary: Pick<Member, 'nodeId' | 'incarnation'>): Timeline {
    const identity = identityOf(secondary);
    const timeline = this.acknowledged.get(identity) ?? new Timeline(REMEMBERED);
    this.acknowledged.set(identity, timeline);
    return timeline;
  }
}

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
