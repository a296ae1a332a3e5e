/**
 * What this process knows of itself and its cluster, in one place and for as long as it lives. It holds facts and tells who
 * asked. Which role the node is in is decided by the role machine, to which it hands on what it hears.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { decodeMembership } from '@replog/contracts/payloads.js';
import type { NodeStatus, Role } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { MemberView } from '@replog/contracts/views.js';
import { NO_MEMBERS, memberOf } from '@replog/core/membership/membership.js';
import { holdsTerm, mayRegister, notReady, roleOf } from '@replog/core/role/derive.js';
import type { Damage } from '@replog/core/role/role-state.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { RoleMachine } from '../role/role-machine.js';
import type { MasterChange } from './master-change.js';
import { noTermHere } from './not-master.js';
import type { KnownMaster, NodeView } from './node-view.js';

/** What a term offers the rest of its node. */
export interface NodeTerm {
  /** See `NodeView.confirmTerm`. */
  confirm(): Promise<number>;
  /** Every member, this one first, and who is joining. */
  members(): Promise<readonly MemberView[]>;
  /** Messages acknowledged to their writers and not yet committed. */
  readonly exposure: number;
}

export class LocalNode implements NodeView {
  /** In which role this node is. */
  readonly roles = new RoleMachine();
  /** Under which address others reach this node; `null` until configured or told by a master. */
  url: string | null;
  /** The port this node listens on, once it does. */
  port = 0;
  /** The term that is held here, or is being ended. */
  term: NodeTerm | null = null;

  /** The highest epoch voted in or followed, in memory first: nothing of a lower one is taken from then on. */
  private heldEpoch: number;
  /** The newest membership in the log and the index of its record. */
  private current: { readonly membership: Membership; readonly index: number } = { membership: NO_MEMBERS, index: 0 };
  /** Only grows. */
  private committedIndex = 0;
  private knownMaster: KnownMaster | null = null;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  /** Newest address per node, as it registered; goes before what the membership says. */
  private readonly addresses = new Map<string, string>();
  private readonly committedListeners = new Set<(committed: number) => void>();

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

  get role(): Role {
    return roleOf(this.roles.value);
  }

  get holdsTerm(): boolean {
    return holdsTerm(this.roles.value);
  }

  get mayRegister(): boolean {
    return mayRegister(this.roles.value);
  }

  get damage(): Damage | null {
    return this.roles.value.damage;
  }

  get isDamaged(): boolean {
    return this.damage !== null;
  }

  /** The successor, while this master transfers its term. */
  get transferringTo(): string | null {
    const { state } = this.roles.value;
    return state.kind === 'transferring' ? state.to : null;
  }

  get change(): MasterChange {
    return this.roles.change;
  }

  get notReady(): string | null {
    return notReady(this.roles.value);
  }

  get status(): NodeStatus {
    const { index, epoch, chain } = this.store.last;
    return {
      clusterId: this.clusterId,
      nodeId: this.nodeId,
      incarnation: this.incarnation,
      role: this.role,
      holdsTerm: this.holdsTerm,
      epoch: this.epoch,
      url: this.url,
      master: this.knownMaster,
      last: { index, epoch, chain },
      committed: this.committedIndex,
    };
  }

  /** Raises the epoch this node holds to, in memory. `VoteBook` makes it durable. */
  raiseEpoch(epoch: number): void {
    if (this.holdsTerm && epoch > this.epoch) throw new Error(`epoch ${epoch} was raised while a term is held`);
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

  /** Another node said that it is master. */
  heardMaster(master: KnownMaster, nowMs: number): void {
    this.knownMaster = master;
    this.heardAtMs = nowMs;
    if (master.nodeId !== this.nodeId) this.roles.give({ kind: 'masterHeard', master, heldEpoch: this.epoch });
  }

  /** A master that was found, and is to be registered with. It has not spoken to this node itself. */
  follow(master: KnownMaster): void {
    this.knownMaster = master;
    this.heardAtMs = Number.NEGATIVE_INFINITY;
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

  /** `from` holds to `epoch`. A master of a lower one is deposed by it. */
  heardEpoch(epoch: number, from: string): void {
    if (epoch > this.epoch) this.roles.give({ kind: 'higherEpochHeard', epoch, from });
  }

  async confirmTerm(): Promise<number> {
    if (this.term === null) throw noTermHere(this);
    return this.term.confirm();
  }
}

function asMembership(record: LogRecord): { membership: Membership; index: number } {
  return { membership: decodeMembership(record.payload), index: record.index };
}
