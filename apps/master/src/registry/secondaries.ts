/**
 * The secondaries of this master and their states: the members in its log and the joining nodes. Each known secondary
 * has a link.
 */
import type { Logger } from 'pino';
import type { HelloFrame } from '@replog/contracts/frames.js';
import type { NodeStart } from '@replog/contracts/http.js';
import type { Member } from '@replog/contracts/payloads.js';
import type { Clock } from '@replog/contracts/ports.js';
import { majoritySilentMs } from '@replog/core/election/failover.js';
import { FailureDetector } from '@replog/core/health/failure-detector.js';
import { whyNotStoring } from '@replog/core/health/why-not-storing.js';
import { compareStart, hasForgotten } from '@replog/core/identity/identity.js';
import { isMajority } from '@replog/core/quorum/majority.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { Links } from '../replication/links.js';
import type { LinkPeer } from '../replication/secondary-link.js';
import { SecondaryEntry } from './secondary-entry.js';

interface SecondariesPorts {
  readonly node: LocalNode;
  readonly clock: Clock;
  readonly config: NodeConfig;
  readonly logger: Logger;
  readonly metrics: Pick<NodeMetrics, 'revisions'>;
}

/** What was known of a node when it was asked. */
export interface Known {
  /** What it has acknowledged in this term. */
  readonly acknowledged: number;
  readonly seen: NodeStart | null;
}

/** What a node says of itself, on its link or in an answer. */
export interface Claim extends Partial<NodeStart> {
  readonly incarnation: string;
  readonly lastIndex: number;
  readonly epoch: number;
}

/** A secondary that finds its own disk stalled says so earlier, and says more. */
const STALLS_WITHOUT_A_WORD = 2;

export class Secondaries {
  /** By node id: the newest incarnation that registered. */
  private readonly known = new Map<string, SecondaryEntry>();
  private closed = false;
  /** When the term began. */
  openedAt: string;

  constructor(
    private readonly ports: SecondariesPorts,
    private readonly links: Pick<Links, 'open' | 'close'>,
    private readonly ledger: Pick<CopyLedger, 'acknowledgedBy' | 'forget'>,
  ) {
    this.openedAt = isoTime(ports.clock.wallMs());
  }

  get entries(): readonly SecondaryEntry[] {
    return [...this.known.values()];
  }

  get isClosed(): boolean {
    return this.closed;
  }

  find(nodeId: string): SecondaryEntry | undefined {
    return this.known.get(nodeId);
  }

  /** Runs on every acknowledgement, so it builds no list. */
  findEntry(fits: (entry: SecondaryEntry) => boolean): SecondaryEntry | undefined {
    for (const entry of this.known.values()) if (fits(entry)) return entry;
    return undefined;
  }

  /** Is a majority of the members reachable, the master included? */
  get hasQuorum(): boolean {
    const { node } = this.ports;
    const { members } = node.membership;
    let reachable = 0;
    for (const member of members) {
      if (member.nodeId === node.nodeId || this.isReachable(member)) reachable += 1;
    }
    return isMajority(reachable, members.length);
  }

  /** How long no majority of the members was heard on the links since then, this master included. */
  silentMs(sinceMs: number): number {
    const { node, clock } = this.ports;
    const others = node.membership.members.filter(({ nodeId }) => nodeId !== node.nodeId);
    return majoritySilentMs(
      others.map((member) => Math.max(sinceMs, this.heardMs(member))),
      clock.nowMs(),
    );
  }

  private heardMs(member: Pick<Member, 'nodeId' | 'incarnation'>): number {
    const entry = this.known.get(member.nodeId);
    const counts = entry?.incarnation === member.incarnation && entry.revision === null;
    return counts ? entry.link.heardMs : Number.NEGATIVE_INFINITY;
  }

  isReachable(member: Pick<Member, 'nodeId' | 'incarnation'>): boolean {
    const entry = this.known.get(member.nodeId);
    return entry !== undefined && entry.incarnation === member.incarnation && entry.isReachable;
  }

  /** Did it answer its last ping, is it linked, and does it store? Anything less may be dead already. */
  isHealthy(member: Pick<Member, 'nodeId' | 'incarnation'>): boolean {
    return this.isReachable(member) && this.known.get(member.nodeId)?.detector.state === 'HEALTHY';
  }

  /** Would it acknowledge a write of now, as far as is known? */
  isAcknowledging(member: Pick<Member, 'nodeId' | 'incarnation'>): boolean {
    return this.isHealthy(member) && this.known.get(member.nodeId)?.link.isAcknowledging === true;
  }

  /** Adds the members of the log when the term begins. */
  openMembers(): void {
    const { node, clock } = this.ports;
    this.openedAt = isoTime(clock.wallMs());
    for (const member of node.membership.members) {
      if (member.nodeId === node.nodeId) continue;
      this.open({ ...member, url: node.addressOf(member.nodeId) ?? member.url });
    }
  }

  /** Adds `secondary` under this incarnation and address. It has just answered there. */
  async know(secondary: Member): Promise<void> {
    const entry = this.known.get(secondary.nodeId);
    this.ports.node.noteAddress(secondary.nodeId, secondary.url);
    if (entry?.incarnation === secondary.incarnation && entry.peer.url === secondary.url) {
      this.pinged(entry, null);
      entry.link.registered();
      return;
    }
    if (entry !== undefined) await this.forget(entry);
    if (this.closed || this.known.has(secondary.nodeId)) return;
    const opened = this.open(secondary);
    if (entry !== undefined && entry.incarnation !== secondary.incarnation) this.replaced(entry, opened);
  }

  /** The highest index that this incarnation has acknowledged in the term, whether that still counts or not. */
  acknowledgedBy(node: Pick<Member, 'nodeId' | 'incarnation'>): number {
    const entry = this.known.get(node.nodeId);
    const revised = entry?.incarnation === node.incarnation ? entry.revision : null;
    return revised?.acknowledged ?? this.ledger.acknowledgedBy(node);
  }

  knownOf(node: Pick<Member, 'nodeId' | 'incarnation'>): Known {
    return { acknowledged: this.acknowledgedBy(node), seen: this.ports.node.seen.of(node.nodeId) };
  }

  /**
   * Compares what a node says of itself with what was known when it was asked: its answer may come late, and it may
   * have been restarted since. Returns why its incarnation must not count, and from then on it does not; `null` if it
   * may.
   */
  check(entry: SecondaryEntry, claim: Claim, { acknowledged, seen }: Known): string | null {
    if (entry.revision !== null) return entry.revision.why;
    const { node } = this.ports;
    const { nodeId } = entry;
    const isEarlier = compareStart(seen, claim) === 'earlier';
    if (!isEarlier && !hasForgotten({ acknowledged, epoch: node.epoch }, claim)) return null;
    const has = `it has acknowledged records up to ${acknowledged}, and now has them up to ${claim.lastIndex}`;
    const why = isEarlier
      ? `${nodeId} came back with an older copy of its data directory: start ${seen?.starts} was seen, and this is start ${claim.starts}`
      : `${nodeId} came back with less than it acknowledged in epoch ${node.epoch}: ${has}`;
    entry.revision = { acknowledged, why };
    this.ledger.forget(entry.peer);
    this.ports.metrics.revisions.inc();
    this.ports.logger.error(
      { secondary: nodeId, acknowledged, lastIndex: claim.lastIndex },
      `${why}. Its copies do not count any more`,
    );
    entry.link.reopen(why);
    return why;
  }

  /** What the incarnation before has acknowledged is not there any more. */
  private replaced({ peer, revision }: SecondaryEntry, entry: SecondaryEntry): void {
    const acknowledged = revision?.acknowledged ?? this.ledger.acknowledgedBy(peer);
    if (acknowledged === 0) return;
    this.ledger.forget(peer);
    entry.rejoins = `it had acknowledged records up to ${acknowledged} under an incarnation before, which does not count any more`;
    this.ports.logger.warn(
      { secondary: entry.nodeId, acknowledged },
      `${entry.nodeId} is back under a new incarnation: ${entry.rejoins}. It counts again when it has caught up`,
    );
    if (revision === null) this.ports.metrics.revisions.inc();
  }

  async forget(entry: SecondaryEntry): Promise<void> {
    if (this.known.get(entry.nodeId) === entry) this.known.delete(entry.nodeId);
    await this.links.close(entry.link);
  }

  /** A ping was answered or missed. Nothing is sent to an UNREACHABLE node until it is HEALTHY again. */
  pinged(entry: SecondaryEntry, failure: string | null): void {
    const nowMs = this.ports.clock.nowMs();
    const hasChanged =
      failure === null
        ? entry.detector.pingAnswered(nowMs, this.whyNotStoring(entry, nowMs))
        : entry.detector.pingMissed(nowMs, failure);
    if (failure === null) entry.link.resume();
    else if (!entry.isReachable) entry.link.suspend(entry.detector.reason);
    if (hasChanged) this.noteState(entry);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.entries.map((entry) => this.forget(entry)));
  }

  private open(secondary: Member): SecondaryEntry {
    const { config, clock } = this.ports;
    const peer = { ...secondary };
    const detector = new FailureDetector(config.healthcheckFailures, clock.nowMs());
    const link = this.links.open(peer, {
      lost: (reason) => this.lost(peer.nodeId, reason),
      opening: () => this.opening(peer),
    });
    const entry = new SecondaryEntry(peer, detector, link, clock.wallMs());
    this.known.set(secondary.nodeId, entry);
    return entry;
  }

  private opening(peer: LinkPeer): (hello: HelloFrame) => Promise<string | null> {
    const { seen } = this.ports.node;
    const known = this.knownOf(peer);
    return async (hello) => {
      const entry = this.known.get(peer.nodeId);
      if (entry?.peer !== peer) return null;
      const why = this.check(entry, { ...hello, lastIndex: hello.last.index, epoch: hello.votedEpoch }, known);
      if (why !== null) return why;
      seen.note(hello);
      // It acknowledges nothing before: a master that lost power since still tells this start from an older copy.
      await seen.settled();
      return null;
    };
  }

  private whyNotStoring({ storage, acknowledgements, link }: SecondaryEntry, nowMs: number): string | null {
    const awaitedMs = acknowledgements.look(nowMs, link.awaited);
    return whyNotStoring({ storage, awaitedMs, limitMs: this.ports.config.diskStallMs * STALLS_WITHOUT_A_WORD });
  }

  private lost(nodeId: string, reason: string): void {
    const entry = this.known.get(nodeId);
    if (entry?.detector.linkLost(this.ports.clock.nowMs(), reason) === true) this.noteState(entry);
  }

  private noteState(entry: SecondaryEntry): void {
    entry.sinceMs = this.ports.clock.wallMs();
    const { state, reason } = entry.detector;
    const level = state === 'HEALTHY' ? 'info' : 'warn';
    this.ports.logger[level]({ secondary: entry.nodeId, state, reason }, `${entry.nodeId} is ${state}: ${reason}`);
  }
}
