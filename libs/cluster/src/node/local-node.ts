/**
 * What this process knows about itself and its cluster, in one place. It holds facts and answers questions. The role
 * machine decides the role; this class passes on to it what the node hears.
 */
import { decodeMembership } from '@replog/contracts/payloads.js';
import type { NodeStart, NodeStatus, Role } from '@replog/contracts/http.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { StorageState } from '@replog/contracts/views.js';
import { speaksForMember } from '@replog/core/election/higher-epoch.js';
import type { Speaker } from '@replog/core/election/higher-epoch.js';
import { NO_MEMBERS, memberOf } from '@replog/core/membership/membership.js';
import { holdsTerm, mayRegister, notReady, refusesReads, roleOf } from '@replog/core/role/derive.js';
import type { Damage } from '@replog/core/role/role-state.js';
import { storageFault, storageOf } from '@replog/core/storage/storage-state.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import type { CountedStart } from '../identity/count-start.js';
import { UNSET } from '../election/election-settings.js';
import type { ElectionSettings } from '../election/election-settings.js';
import { MasterHearing } from '../election/master-hearing.js';
import { Elections } from '../history/elections.js';
import { SeenStarts } from '../identity/seen-starts.js';
import { OrphanCount } from '../orphans/orphan-count.js';
import { RoleMachine } from '../role/role-machine.js';
import type { MasterChange } from './master-change.js';
import type { NodeTerm } from './node-term.js';
import { foundForeign } from './found-foreign.js';
import { noTermHere } from './not-master.js';
import { statusOf } from './node-status.js';
import { RecordTimes } from './record-times.js';
import type { KnownMaster, NodeView } from './node-view.js';

export class LocalNode implements NodeView {
  readonly roles = new RoleMachine();
  readonly times: RecordTimes;
  /** The address at which others reach this node; `null` until it is configured or a master has told it. */
  url: string | null;
  /** The port this node listens on; `null` before it listens. */
  port = 0;
  /** The term this node holds or is ending. */
  term: NodeTerm | null = null;
  /** What the watch of the disk saw last. */
  disk: { readonly isStalled: boolean; readonly isFull: boolean } = { isStalled: false, isFull: false };
  /** The starts of other nodes that this one has seen. */
  readonly seen: SeenStarts;
  readonly hearing: MasterHearing;
  readonly elections: Elections;
  readonly orphans: OrphanCount;
  /** It was told to stop, and takes over no term. */
  isLeaving = false;

  /**
   * The highest epoch this node voted in or followed. Set in memory first: from then on the node accepts nothing of a
   * lower epoch.
   */
  private heldEpoch: number;
  /** The newest membership in the log and the index of its record. */
  private current: { readonly membership: Membership; readonly index: number } = { membership: NO_MEMBERS, index: 0 };
  /** Only grows, except where a force went on without committed records. */
  private committedIndex = 0;
  private knownMaster: KnownMaster | null = null;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  /** The newest address of each node, from its registration. It goes before the address in the membership. */
  private readonly addresses = new Map<string, string>();
  private readonly committedListeners = new Set<(committed: number) => void>();

  constructor(
    readonly state: NodeStateStore,
    readonly store: LogStore,
    url: string | null,
    /** Drawn at each start. Two processes with one identity, one of them started from a copied directory, differ in it. */
    readonly bootId: string,
    /** `null` if this start could not be counted. */
    private readonly counted: CountedStart | null = null,
    readonly settings: ElectionSettings = UNSET,
  ) {
    this.hearing = new MasterHearing(settings);
    this.url = url;
    this.seen = new SeenStarts(state);
    this.heldEpoch = state.current.promised?.epoch ?? 0;
    this.times = new RecordTimes(store);
    this.elections = new Elections(store);
    this.orphans = new OrphanCount(store);
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

  get hears(): string | null {
    return this.hearing.master;
  }

  get change(): MasterChange {
    return this.roles.change;
  }

  get storage(): StorageState {
    return storageOf({ ...this.disk, isDamaged: this.isDamaged });
  }

  /** Asked for every write. */
  get isStalled(): boolean {
    return this.disk.isStalled;
  }

  /** Reads of a full disk go on, and its writes are refused one by one: with a full disk a node is ready. */
  get notReady(): string | null {
    const reason = notReady(this.roles.value);
    if (reason !== null || !this.isStalled) return reason;
    return `This node stores nothing: ${storageFault('stalled')}.`;
  }

  get refusesReads(): string | null {
    return refusesReads(this.roles.value);
  }

  /** This start, as others tell it from another one. */
  get start(): Partial<NodeStart> & Pick<NodeStart, 'incarnation'> {
    const { incarnation, bootId, counted } = this;
    return { incarnation, bootId, ...counted };
  }

  get status(): NodeStatus {
    return statusOf(this);
  }

  /** The votes of this node are forgotten, on disk already. Its epoch is that of its log again. */
  forgetVotes(): void {
    this.heldEpoch = 0;
  }

  /** Raises the epoch of this node, in memory. `VoteBook` makes it durable. */
  raiseEpoch(epoch: number): void {
    if (this.holdsTerm && epoch > this.epoch) throw new Error(`epoch ${epoch} was raised while a term is held`);
    this.heldEpoch = Math.max(this.heldEpoch, epoch);
  }

  /** Reads what it knows of its log: at the start and after a cut. */
  async loadFromLog(): Promise<void> {
    const record = await this.store.lastMembership();
    const membership = record === null ? NO_MEMBERS : decodeMembership(record.payload);
    this.current = { membership, index: record?.index ?? 0 };
    await this.elections.load();
    await this.orphans.load();
  }

  membershipWritten(membership: Membership, index: number): void {
    this.current = { membership, index };
  }

  commit(index: number): void {
    if (index <= this.committedIndex) return;
    this.committedIndex = index;
    for (const listener of this.committedListeners) listener(index);
  }

  /** A force of an operator went on after `index`: what was committed after it is not committed any more. */
  uncommitAfter(index: number): void {
    this.committedIndex = Math.min(this.committedIndex, index);
  }

  /**
   * Another node said that it is master. Where this node holds a term itself, it does not believe that before its members
   * are asked.
   */
  heardMaster(master: KnownMaster, nowMs: number): void {
    const isOther = master.nodeId !== this.nodeId;
    if (isOther) this.heardEpoch(master.epoch, { nodeId: master.nodeId, incarnation: null }, { isMaster: true });
    if (isOther && this.holdsTerm) return;
    this.knownMaster = master;
    this.heardAtMs = nowMs;
    if (isOther) this.roles.give({ kind: 'masterHeard', master, heldEpoch: this.epoch });
  }

  /** A master was found, and this node is to register with it. That master has not called this node itself. */
  follow(master: KnownMaster): void {
    this.knownMaster = master;
    this.heardAtMs = Number.NEGATIVE_INFINITY;
    this.hearing.follow(master.nodeId);
  }

  /** A master of the current epoch has sent something on its link. */
  masterSpoke(master: string, nowMs: number): void {
    this.heardAtMs = nowMs;
    this.hearing.heard(master);
  }

  /** Makes `clusterId` the cluster of this node, durably. Refuses another cluster if the node already has one. */
  async joined(clusterId: string): Promise<void> {
    if (this.clusterId === clusterId) return;
    if (this.clusterId !== null) throw foundForeign(clusterId, this.clusterId);
    await this.state.save({ clusterId });
  }

  /** This node belongs to no cluster from now on, and has voted for nobody: it is another node under the same id. */
  async leaveFounded(incarnation: string): Promise<void> {
    this.heldEpoch = 0;
    await this.state.save({ clusterId: null, incarnation, promised: null, founder: null });
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

  get knownAddresses(): readonly string[] {
    return [...this.addresses.values()];
  }

  onCommitted(listener: (committed: number) => void): () => void {
    this.committedListeners.add(listener);
    return () => this.committedListeners.delete(listener);
  }

  /** `speaker` is in `epoch`. A higher epoch deposes the master of a lower one if a member is in it. */
  heardEpoch(epoch: number, speaker: Speaker, { isMaster } = { isMaster: false }): void {
    if (speaksForMember(this.membership, speaker)) this.confirmedEpoch(epoch, speaker.nodeId);
    else if (epoch > this.epoch) this.roles.give({ kind: 'higherEpochClaimed', epoch, from: speaker.nodeId, isMaster });
  }

  /** The members were asked about an epoch that another node claimed: `from`, a member, is in it. */
  confirmedEpoch(epoch: number, from: string): void {
    if (epoch > this.epoch) this.roles.give({ kind: 'higherEpochHeard', epoch, from });
  }

  async confirmTerm(): Promise<number> {
    if (this.term === null) throw noTermHere(this);
    return this.term.confirm();
  }
}
