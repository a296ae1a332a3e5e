/**
 * The secondaries this master knows: the members of its log and those that are joining. It opens a link to each,
 * closes it, and moves a joining node into the membership once it has caught up.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Member } from '@replog/contracts/payloads.js';
import type { Clock, Random } from '@replog/contracts/ports.js';
import { FailureDetector } from '@replog/core/health/failure-detector.js';
import { hasCaughtUp } from '@replog/core/membership/catch-up.js';
import { memberOf, standingOf } from '@replog/core/membership/membership.js';
import { isMajority } from '@replog/core/quorum/majority.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import { CLOCK, LOGGER, LOG_STORE, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { AppendFrames } from '../replication/append-frames.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { MembershipService } from '../replication/membership.service.js';
import { SecondaryLink } from '../replication/secondary-link.js';
import { SecondaryEntry } from './secondary-entry.js';

@Injectable()
export class RegistryService {
  /** By node id: one entry each, the newest incarnation that registered. */
  private readonly known = new Map<string, SecondaryEntry>();
  private isClosed = false;
  /** When this master took office. */
  openedAt: string;

  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(AppendFrames) private readonly frames: AppendFrames,
    @Inject(MembershipService) private readonly memberships: MembershipService,
    @Inject(DAMAGE_REPORTER) private readonly damage: DamageReporter,
  ) {
    this.openedAt = isoTime(clock.wallMs());
  }

  get entries(): readonly SecondaryEntry[] {
    return [...this.known.values()];
  }

  find(nodeId: string): SecondaryEntry | undefined {
    return this.known.get(nodeId);
  }

  /** Is a majority of the members reachable, as far as is known? The master counts itself. */
  get hasQuorum(): boolean {
    const { members } = this.node.membership;
    let reachable = 0;
    for (const member of members) {
      if (member.nodeId === this.node.nodeId || this.isReachable(member)) reachable += 1;
    }
    return isMajority(reachable, members.length);
  }

  isReachable(member: Pick<Member, 'nodeId' | 'incarnation'>): boolean {
    const entry = this.known.get(member.nodeId);
    return entry !== undefined && entry.incarnation === member.incarnation && entry.isReachable;
  }

  /** Did it answer the last time it was asked, and is it linked? Less than that may be dead already. */
  isHealthy(member: Pick<Member, 'nodeId' | 'incarnation'>): boolean {
    return this.isReachable(member) && this.known.get(member.nodeId)?.detector.state === 'HEALTHY';
  }

  /** Opens the links to the members of the log, when this master takes office. */
  openMembers(): void {
    this.openedAt = isoTime(this.clock.wallMs());
    for (const member of this.node.membership.members) {
      if (member.nodeId === this.node.nodeId) continue;
      this.open({ ...member, url: this.node.addressOf(member.nodeId) ?? member.url });
    }
  }

  /** Knows `secondary` from now on, under this incarnation and address. It has just answered there. */
  async know(secondary: Member): Promise<void> {
    const entry = this.known.get(secondary.nodeId);
    this.node.noteAddress(secondary.nodeId, secondary.url);
    if (entry?.incarnation === secondary.incarnation && entry.peer.url === secondary.url) {
      this.pinged(entry, null);
      return;
    }
    if (entry !== undefined) await this.forget(entry);
    if (!this.isClosed && !this.known.has(secondary.nodeId)) this.open(secondary);
  }

  async forget(entry: SecondaryEntry): Promise<void> {
    if (this.known.get(entry.nodeId) === entry) this.known.delete(entry.nodeId);
    await entry.link.stop();
  }

  wakeLinks(): void {
    for (const entry of this.known.values()) entry.link.wake();
  }

  /** A ping was answered, or missed. Nothing is sent to a node that is UNREACHABLE until it is HEALTHY again. */
  pinged(entry: SecondaryEntry, failure: string | null): void {
    const nowMs = this.clock.nowMs();
    const hasChanged =
      failure === null ? entry.detector.pingAnswered(nowMs) : entry.detector.pingMissed(nowMs, failure);
    if (failure === null) entry.link.resume();
    else if (!entry.isReachable) entry.link.suspend(entry.detector.reason);
    if (hasChanged) this.noteState(entry);
  }

  /** Moves nodes that have caught up into the membership, and addresses that changed; one change at a time. */
  admitNext(): void {
    if (this.isClosed || !this.memberships.mayChange) return;
    const next = this.entries.find((entry) => this.isDue(entry));
    if (next === undefined) return;
    void this.memberships
      .admit({ nodeId: next.nodeId, incarnation: next.incarnation, url: next.peer.url })
      .catch((error: unknown) =>
        this.logger.warn({ err: error, secondary: next.nodeId }, 'the membership was not changed'),
      );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.entries.map((entry) => this.forget(entry)));
  }

  private isDue(entry: SecondaryEntry): boolean {
    if (entry.link.state !== 'streaming') return false;
    const standing = standingOf(this.node.membership, entry.peer);
    if (standing === 'removed') return false;
    const vouchesUpTo = standing === 'other-incarnation' ? this.node.committed : 0;
    if (!hasCaughtUp(this.ledger.acknowledgedBy(entry.peer), vouchesUpTo, this.store.last.index)) return false;
    return standing !== 'member' || memberOf(this.node.membership, entry.nodeId)?.url !== entry.peer.url;
  }

  private open(secondary: Member): void {
    const peer = { ...secondary };
    const detector = new FailureDetector(this.config.healthcheckFailures, this.clock.nowMs());
    const { node, store, frames, transport, clock, random } = this;
    const link = new SecondaryLink(
      peer,
      { node, store, frames, transport, clock, random },
      {
        acknowledged: (index) => {
          this.ledger.acknowledge(peer, index);
          this.admitNext();
        },
        failedToRead: (error) => {
          if (error instanceof CorruptRecordError) this.damage.report(error);
        },
        lost: (reason) => this.lost(peer.nodeId, reason),
      },
    );
    const entry = new SecondaryEntry(peer, detector, link, this.clock.wallMs());
    this.known.set(secondary.nodeId, entry);
    link.start();
  }

  private lost(nodeId: string, reason: string): void {
    const entry = this.known.get(nodeId);
    if (entry?.detector.linkLost(this.clock.nowMs(), reason) === true) this.noteState(entry);
  }

  private noteState(entry: SecondaryEntry): void {
    entry.sinceMs = this.clock.wallMs();
    const { state, reason } = entry.detector;
    const level = state === 'HEALTHY' ? 'info' : 'warn';
    this.logger[level]({ secondary: entry.nodeId, state, reason }, `${entry.nodeId} is ${state}: ${reason}`);
  }
}
