/**
 * Registers a secondary with a master as long as none contacts it: at the start, after a restart of the master, after a
 * repair. Retries without limit, with backoff and jitter, and blocks nothing else.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { isEpoch } from '@replog/contracts/epoch.js';
import { backoffMs } from '@replog/core/link/backoff.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { claimMember } from '@replog/cluster/peers/claim-member.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { depart } from './departure.js';
import { originOf } from './origin-of.js';
import type { RegistrationPorts } from './registration-ports.js';

const BACKOFF = { firstMs: 100, maxMs: 5_000 };
/** The master calls back during a registration, so it may take longer than a ping. */
const TIMEOUT_MS = 5_000;
/** How often a node that has a master, or may not register, checks again. */
const LOOK_MS = 250;

export class Registration {
  private readonly node: LocalNode;
  private readonly clock: Clock;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** The master's address, learned from a node that is not the master. */
  private hint: string | null = null;
  private attempt = 0;
  private lastFailure = '';
  /** Since this process was started. */
  private hasFollowed = false;

  constructor(private readonly ports: RegistrationPorts) {
    this.node = ports.node;
    this.clock = ports.clock;
  }

  /** Call it once. */
  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Registers no more, and leaves the membership: this node is about to stop. */
  async depart(): Promise<void> {
    // A candidate and a node that repairs its log have other work in progress; a node without a cluster is no member.
    if (!this.node.mayRegister || this.node.clusterId === null) return;
    await this.stop();
    await depart(this.ports, this.places());
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.hasFollowed ||= this.hasMaster;
      if (!this.node.mayRegister || this.hasMaster) await this.clock.sleep(LOOK_MS, signal);
      else if (!(await this.tryNext())) {
        await this.clock.sleep(backoffMs(this.attempt, BACKOFF, this.ports.random.next()), signal);
        this.attempt += 1;
      }
    }
  }

  /**
   * A master that is silent for longer than it takes to mark this node UNREACHABLE counts as gone. A node that has not joined
   * yet has no master, even if one pings it: the answer to its registration was lost.
   */
  private get hasMaster(): boolean {
    if (this.node.clusterId === null) return false;
    const { healthcheckDelayMs, healthcheckFailures, healthcheckTimeoutMs } = this.ports.config;
    const silenceMs = healthcheckDelayMs * healthcheckFailures + healthcheckTimeoutMs;
    return this.node.msSinceMaster(this.clock.nowMs()) < silenceMs;
  }

  private async tryNext(): Promise<boolean> {
    const candidates = this.places();
    // A hint comes from a node that knows the master, so it is tried next.
    const url = this.hint ?? candidates[this.attempt % candidates.length];
    if (url === undefined) return false;
    const { incarnation, epoch } = this.node;
    try {
      await this.registerAt(url);
      return true;
    } catch (error) {
      this.hint = error instanceof PeerError && error.location !== null ? originOf(error.location) : null;
      if (error instanceof PeerError && error.code === 'NODE_REMOVED') await this.removed();
      else this.noteFailure(url, error);
      if (error instanceof PeerError && error.code === 'EPOCH_UNKNOWN') await this.beginAnew(error, epoch);
      await claimMember(this.ports, url, error);
      return error instanceof PeerError && error.code === 'NODE_RESTORED' && this.renewed(incarnation, error.message);
    }
  }

  /** Did this node get a new incarnation? Then it registers again at once. */
  private async renewed(incarnation: string, why: string): Promise<boolean> {
    try {
      await this.ports.identity.renew(incarnation, why);
    } catch (error) {
      this.ports.logger.error({ err: error }, 'the new incarnation could not be saved; trying again');
    }
    return this.node.incarnation !== incarnation;
  }

  private async registerAt(url: string): Promise<void> {
    const { node, config } = this.ports;
    const request = {
      clusterId: node.clusterId,
      nodeId: node.nodeId,
      incarnation: node.incarnation,
      ...(config.advertisedUrl === null ? {} : { url: config.advertisedUrl }),
      port: node.port,
      epoch: node.epoch,
      lastIndex: node.store.last.index,
    };
    const answer = await this.ports.transport.register(url, request, { timeoutMs: TIMEOUT_MS });
    await node.joined(answer.clusterId);
    node.url ??= answer.url;
    node.heardMaster({ ...answer.master, epoch: answer.epoch }, this.clock.nowMs());
    this.attempt = 0;
    this.hint = null;
    this.lastFailure = '';
    this.ports.logger.info(
      { master: answer.master, state: answer.state },
      `registered with ${answer.master.nodeId} at ${answer.master.url}`,
    );
  }

  /**
   * An operator has removed this node. While it runs it stays out: the operator wants that. When it is started again it
   * joins as another incarnation, which counts only when it has caught up. It keeps its log; what the cluster does not have
   * is set aside as orphans.
   */
  private async removed(): Promise<void> {
    const { node, random, logger } = this.ports;
    if (this.hasFollowed) {
      node.roles.give({ kind: 'removalHeard' });
      logger.error(`${node.nodeId} was removed from the cluster: it serves nothing until it is started again`);
      return;
    }
    await node.state.save({ incarnation: random.uuid() });
    logger.warn(`${node.nodeId} was removed from the cluster before it was started: it joins again as a new node`);
  }

  /**
   * The master and a majority of its members know nothing of the epoch in which this node voted, and it is no member of
   * theirs. Only its votes keep it from following: they go, and its incarnation with them.
   */
  private async beginAnew({ problem }: PeerError, epoch: number): Promise<void> {
    const { node, votes, random, logger } = this.ports;
    const masterEpoch = problem?.['epoch'];
    if (!isEpoch(masterEpoch) || this.hasMaster || !node.mayRegister) return;
    if (!(await votes.forget(epoch, masterEpoch, random.uuid()))) return;
    logger.warn({ epoch, masterEpoch }, `forgot its votes up to epoch ${epoch}: it joins as a new incarnation`);
  }

  /** Possible addresses of the master, most likely first. */
  private places(): string[] {
    const { node, config } = this.ports;
    const others = node.membership.members.filter((member) => member.nodeId !== node.nodeId);
    const places = [
      config.masterUrl,
      ...config.peers,
      node.master?.url ?? null,
      ...others.map((member) => member.url),
      ...node.knownAddresses,
    ];
    return [...new Set(places.filter((place) => place !== null && place !== node.url))] as string[];
  }

  /** Logged once, and again only when the reason changes: a master may be down for long. */
  private noteFailure(url: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const level = reason === this.lastFailure ? 'debug' : 'warn';
    this.lastFailure = reason;
    this.ports.logger[level]({ url, reason }, `not registered at ${url}: ${reason}; trying again`);
  }
}
