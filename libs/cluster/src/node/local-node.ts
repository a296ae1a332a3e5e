/**
 * What this process knows of itself and its cluster, in one place and for as long as it lives: roles come and go
 * over it. It holds facts, tells who asked, and decides nothing.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { decodeMembership } from '@replog/contracts/payloads.js';
import type { NodeStatus, Role } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { MemberView } from '@replog/contracts/views.js';
import { NO_MEMBERS, memberOf } from '@replog/core/membership/membership.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { MasterChange } from './master-change.js';
import { noTermHere } from './not-master.js';
import type { KnownMaster, NodeView } from './node-view.js';

/** A master's term, as far as the rest of its node has to do with it. */
export interface NodeTerm {
  /** See `NodeView.confirmTerm`. */
  confirm(): Promise<number>;
  /** Every member, this one first, and who is joining. */
  members(): Promise<readonly MemberView[]>;
  /** Messages acknowledged to their writers and not yet committed. */
  readonly exposure: number;
}

export interface HigherEpoch {
  readonly epoch: number;
  readonly from: string;
}

export class LocalNode implements NodeView {
  role: Role = 'secondary';
  /** Is this node looking for office right now? It then neither registers nor follows. */
  isCandidate = false;
  /** Under which address others reach this node; `null` until configured or told by a master. */
  url: string | null;
  /** The port this node listens on, once it does. */
  port = 0;
  /** Set while this node holds a term as master. */
  term: NodeTerm | null = null;
  /** What the log is known to be damaged at, until it is repaired under a new incarnation. */
  damage: LogDamage | null = null;

  /** See `MasterChange`. */
  readonly change = new MasterChange();

  /** Highest epoch promised, in memory first: nothing of a lower one is taken from the moment it is raised. */
  private heldEpoch: number;
  /** The newest membership in the log and the index of its record. */
  private current: { readonly membership: Membership; readonly index: number } = { membership: NO_MEMBERS, index: 0 };
  /** Only grows. */
  private committedIndex = 0;
  private knownMaster: KnownMaster | null = null;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  /** Why the node may not serve yet, by the part that says so. */
  private readonly obstacles = new Map<string, string>();
  /** Newest address per node, as it registered; goes before what the membership says. */
  private readonly addresses = new Map<string, string>();
  private readonly masterListeners = new Set<(master: KnownMaster) => void>();
  private readonly committedListeners = new Set<(committed: number) => void>();
  private readonly transferredListeners = new Set<(to: string) => void>();
  private readonly higherEpochListeners = new Set<(heard: HigherEpoch) => void>();

  constructor(
    readonly state: NodeStateStore,
    readonly store: LogStore,
    url: string | null,
  ) {
    this.url = url;
    this.heldEpoch = state.current.promised?.epoch ?? 0;
  }

  get nodeId(): string {
    return this.state.current.nodeId;
  }

  get incarnation(): string {
    return this.state.current.incarnation;
  }

  get clusterId(): string | null {
    return this.state.current.clusterId;
  }

  get epoch(): number {
    return Math.max(this.heldEpoch, this.store.last.epoch);
  }

  get committed(): number {
    return this.committedIndex;
  }

  get master(): KnownMaster | null {
    return this.knownMaster;
  }

  get membership(): Membership {
    return this.current.membership;
  }

  get membershipIndex(): number {
    return this.current.index;
  }

  get isDamaged(): boolean {
    return this.damage !== null;
  }

  get holdsTerm(): boolean {
    return this.term !== null;
  }

  get notReady(): string | null {
    const [first] = this.obstacles.values();
    return first ?? null;
  }

  get status(): NodeStatus {
    const { index, epoch, chain } = this.store.last;
    return {
      clusterId: this.clusterId,
      nodeId: this.nodeId,
      incarnation: this.incarnation,
      role: this.role,
      holdsTerm: this.term !== null,
      epoch: this.epoch,
      url: this.url,
      master: this.knownMaster,
      last: { index, epoch, chain },
      committed: this.committedIndex,
    };
  }

  /** Raises the epoch this node holds to, in memory. Durable is the business of the promise book. */
  raiseEpoch(epoch: number): void {
    this.heldEpoch = Math.max(this.heldEpoch, epoch);
  }

  /** Reads the membership in force from the log: at the start, and after a cut. */
  async loadMembership(): Promise<void> {
    const record = await this.store.lastMembership();
    this.current = record === null ? { membership: NO_MEMBERS, index: 0 } : asMembership(record);
  }

  membershipWritten(membership: Membership, index: number): void {
    this.current = { membership, index };
  }

  commit(index: number): void {
    if (index <= this.committedIndex) return;
    this.committedIndex = index;
    for (const listener of this.committedListeners) listener(index);
  }

  /** A living master has spoken. */
  heardMaster(master: KnownMaster, nowMs: number): void {
    this.knownMaster = master;
    this.heardAtMs = nowMs;
    if (master.epoch >= this.epoch) this.change.end();
    for (const listener of this.masterListeners) listener(master);
  }

  onMasterHeard(listener: (master: KnownMaster) => void): () => void {
    this.masterListeners.add(listener);
    return () => this.masterListeners.delete(listener);
  }

  /** The master that is known has spoken, on its link. */
  masterSpoke(nowMs: number): void {
    this.heardAtMs = nowMs;
  }

  /** Makes `clusterId` this node's cluster, durably, unless it has one. Another one than its own is refused. */
  async joined(clusterId: string): Promise<void> {
    if (this.clusterId === clusterId) return;
    if (this.clusterId !== null) {
      throw new ReplogError(
        'FOREIGN_CLUSTER',
        `The master found belongs to cluster ${clusterId}, this node to ${this.clusterId}. ` +
          'Point it at its own master, or give it an empty data directory.',
      );
    }
    await this.state.save({ clusterId });
  }

  forgetMaster(): void {
    this.knownMaster = null;
    this.heardAtMs = Number.NEGATIVE_INFINITY;
  }

  msSinceMaster(nowMs: number): number {
    return nowMs - this.heardAtMs;
  }

  block(part: string, reason: string | null): void {
    if (reason === null) this.obstacles.delete(part);
    else this.obstacles.set(part, reason);
  }

  noteAddress(nodeId: string, url: string): void {
    this.addresses.set(nodeId, url);
  }

  addressOf(nodeId: string): string | null {
    return this.addresses.get(nodeId) ?? memberOf(this.membership, nodeId)?.url ?? null;
  }

  /** Every address this node was told of, a member's or not. */
  get knownAddresses(): readonly string[] {
    return [...this.addresses.values()];
  }

  onCommitted(listener: (committed: number) => void): () => void {
    this.committedListeners.add(listener);
    return () => this.committedListeners.delete(listener);
  }

  /** Somebody holds to a higher epoch than this node's: a master in office is one no longer. */
  heardEpoch(epoch: number, from: string): void {
    if (epoch <= this.epoch) return;
    for (const listener of this.higherEpochListeners) listener({ epoch, from });
  }

  onHigherEpoch(listener: (heard: HigherEpoch) => void): () => void {
    this.higherEpochListeners.add(listener);
    return () => this.higherEpochListeners.delete(listener);
  }

  /** This master has given up office in favour of `to`. */
  transferred(to: string): void {
    for (const listener of this.transferredListeners) listener(to);
  }

  onTransferred(listener: (to: string) => void): () => void {
    this.transferredListeners.add(listener);
    return () => this.transferredListeners.delete(listener);
  }

  async confirmTerm(): Promise<number> {
    if (this.term === null) throw noTermHere(this);
    return this.term.confirm();
  }
}

function asMembership(record: LogRecord): { membership: Membership; index: number } {
  return { membership: decodeMembership(record.payload), index: record.index };
}
