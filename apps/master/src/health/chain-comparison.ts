/**
 * Compares, one secondary at a time, what it has acknowledged with what this master holds. Acknowledged records are
 * equal by the rules of the link; this is the check on those rules, and on disks that keep whole records of another
 * history. Equal chains at one index mean equal records up to there, so two numbers are all that is compared.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Random } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { commonIndex } from '@replog/cluster/peers/common-index.js';
import { PeerError, TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { LOGGER, METRICS, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { PositionAt } from '@replog/cluster/peers/common-index.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { RegistryService } from '../registry/registry.service.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import { CopyLedger } from '../replication/copy-ledger.js';

@Injectable()
export class ChainComparison implements BeforeApplicationShutdown {
  private running: Promise<void> | null = null;
  private isClosed = false;
  /** Secondaries are compared in turn: the load does not grow with their number. */
  private turn = 0;

  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) private readonly metrics: Pick<NodeMetrics, 'chainDifferences'>,
    @Inject(DAMAGE_REPORTER) private readonly damage: DamageReporter,
    @Inject(RegistryService) private readonly registry: Pick<RegistryService, 'entries'>,
    @Inject(CopyLedger) private readonly ledger: Pick<CopyLedger, 'acknowledgedBy'>,
  ) {}

  /** Resolves when the secondary whose turn it is has been compared. At most one comparison is under way. */
  compareNext(): Promise<void> {
    const due = this.registry.entries.filter((entry) => entry.link.state === 'streaming');
    const entry = due[this.turn % due.length];
    if (entry === undefined || this.isClosed || this.running !== null) return Promise.resolve();
    this.turn += 1;
    this.running = this.compare(entry)
      .catch((error: unknown) => this.failed(entry, error))
      .finally(() => (this.running = null));
    return this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async compare(entry: SecondaryEntry): Promise<void> {
    const ceiling = Math.min(this.ledger.acknowledgedBy(entry.peer), this.node.committed);
    if (ceiling === 0) return;
    const earlier = 1 + Math.floor(this.random.next() * ceiling);
    const places = [ceiling, earlier, ...(entry.differsFrom === null ? [] : [entry.differsFrom])];
    for (const index of places) {
      if (await this.isEqualAt(entry, index)) continue;
      const common = await commonIndex(this.ours, this.theirs(entry), index);
      return this.found(entry, common + 1);
    }
    if (entry.differsFrom === null) return;
    entry.differsFrom = null;
    this.logger.info({ secondary: entry.nodeId }, `${entry.nodeId} holds the same records as this master again`);
  }

  /** A node that has nothing there is behind, as after a repair; it holds no other record. */
  private async isEqualAt(entry: SecondaryEntry, index: number): Promise<boolean> {
    const [ours, theirs] = await Promise.all([this.ours(index), this.theirs(entry)(index)]);
    return ours === null || theirs === null || (ours.chain === theirs.chain && ours.epoch === theirs.epoch);
  }

  /**
   * Named once. Where the secondary does not know the records as committed, opening the link anew finds the common
   * point, and what differs is set aside there. Where it does, only a person can tell which of the two is right.
   */
  private async found(entry: SecondaryEntry, firstIndex: number): Promise<void> {
    if (entry.differsFrom === firstIndex) return;
    entry.differsFrom = firstIndex;
    this.metrics.chainDifferences.inc();
    this.logger.error(
      { secondary: entry.nodeId, index: firstIndex },
      `${entry.nodeId} and this master hold different records from ${firstIndex} on`,
    );
    const { committed } = await this.transport.status(entry.peer.url, this.limits);
    if (committed < firstIndex) entry.link.reopen(`the logs differ from record ${firstIndex} on`);
  }

  private readonly ours: PositionAt = (index) => this.node.store.positionAt(index);

  private theirs({ peer }: SecondaryEntry): PositionAt {
    return (index) => this.transport.position(peer.url, index, this.limits);
  }

  private get limits(): { readonly timeoutMs: number } {
    return { timeoutMs: this.config.healthcheckTimeoutMs };
  }

  private failed({ nodeId }: SecondaryEntry, error: unknown): void {
    if (error instanceof CorruptRecordError) this.damage.report(error);
    const level = error instanceof PeerError ? 'debug' : 'warn';
    this.logger[level]({ err: error, secondary: nodeId }, `${nodeId} could not be compared with this master`);
  }
}
