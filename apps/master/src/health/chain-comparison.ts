/**
 * Compares the acknowledged records of one secondary at a time with this master's. The rules of the link make them
 * equal; this checks those rules, and finds disks that hold intact records of another history. Equal chains at one
 * index mean equal records up to it, so comparing two numbers is enough.
 */
import type { Logger } from 'pino';
import type { Random } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { commonIndex } from '@replog/cluster/peers/common-index.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import type { PositionAt } from '@replog/cluster/peers/common-index.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import type { CopyLedger } from '../replication/copy-ledger.js';

interface ComparisonPorts {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly random: Random;
  readonly config: NodeConfig;
  readonly logger: Logger;
  readonly metrics: Pick<NodeMetrics, 'chainDifferences'>;
  readonly damage: DamageReporter;
}

export class ChainComparison {
  private running: Promise<void> | null = null;
  private readonly ending = new AbortController();
  /** One secondary per round: the load does not grow with their number. */
  private turn = 0;

  constructor(
    private readonly ports: ComparisonPorts,
    private readonly secondaries: Pick<Secondaries, 'entries'>,
    private readonly ledger: Pick<CopyLedger, 'acknowledgedBy'>,
  ) {}

  /** Compares the next secondary. At most one comparison runs at a time. */
  compareNext(): Promise<void> {
    const due = this.secondaries.entries.filter((entry) => entry.link.state === 'streaming');
    const entry = due[this.turn % due.length];
    if (entry === undefined || this.ending.signal.aborted || this.running !== null) return Promise.resolve();
    this.turn += 1;
    this.running = this.compare(entry)
      .catch((error: unknown) => this.failed(entry, error))
      .finally(() => (this.running = null));
    return this.running;
  }

  /** Starts no further comparison and stops waiting for the answer of the current one. */
  end(): void {
    this.ending.abort();
  }

  /** Resolves when no comparison runs. */
  get ended(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  private async compare(entry: SecondaryEntry): Promise<void> {
    const ceiling = Math.min(this.ledger.acknowledgedBy(entry.peer), this.ports.node.committed);
    if (ceiling === 0) return;
    const earlier = 1 + Math.floor(this.ports.random.next() * ceiling);
    const places = [ceiling, earlier, ...(entry.differsFrom === null ? [] : [entry.differsFrom])];
    for (const index of places) {
      if (await this.isEqualAt(entry, index)) continue;
      const common = await commonIndex(this.ours, this.theirs(entry), index);
      return this.found(entry, common + 1);
    }
    if (entry.differsFrom === null) return;
    entry.differsFrom = null;
    this.ports.logger.info({ secondary: entry.nodeId }, `${entry.nodeId} holds the same records as this master again`);
  }

  /** A node without a record there is behind, for example after a repair; its log does not differ. */
  private async isEqualAt(entry: SecondaryEntry, index: number): Promise<boolean> {
    const [ours, theirs] = await Promise.all([this.ours(index), this.theirs(entry)(index)]);
    return ours === null || theirs === null || (ours.chain === theirs.chain && ours.epoch === theirs.epoch);
  }

  /**
   * Reported once. If the records are not committed on the secondary, a new link finds the common position, and the
   * secondary sets the rest aside as orphans. If they are committed there, an operator must decide which log is right.
   */
  private async found(entry: SecondaryEntry, firstIndex: number): Promise<void> {
    if (entry.differsFrom === firstIndex) return;
    entry.differsFrom = firstIndex;
    this.ports.metrics.chainDifferences.inc();
    this.ports.logger.error(
      { secondary: entry.nodeId, index: firstIndex },
      `${entry.nodeId} and this master hold different records from ${firstIndex} on`,
    );
    const { committed } = await this.unlessEnded(this.ports.transport.status(entry.peer.url, this.limits));
    if (committed < firstIndex) entry.link.reopen(`the logs differ from record ${firstIndex} on`);
  }

  private readonly ours: PositionAt = (index) => this.ports.node.store.positionAt(index);

  private theirs({ peer }: SecondaryEntry): PositionAt {
    return (index) => this.unlessEnded(this.ports.transport.position(peer.url, index, this.limits));
  }

  private get limits(): { readonly timeoutMs: number } {
    return { timeoutMs: this.ports.config.healthcheckTimeoutMs };
  }

  /** A silent secondary must not delay the end of the term. */
  private unlessEnded<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { signal } = this.ending;
    return new Promise((resolve, reject) => {
      const end = (): void => reject(new PeerError('the term of this master has ended'));
      if (signal.aborted) end();
      signal.addEventListener('abort', end, { once: true });
      void answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
    });
  }

  private failed({ nodeId }: SecondaryEntry, error: unknown): void {
    if (error instanceof CorruptRecordError) this.ports.damage.report(error, 'by the comparison of chains');
    const level = error instanceof PeerError ? 'debug' : 'warn';
    this.ports.logger[level]({ err: error, secondary: nodeId }, `${nodeId} could not be compared with this master`);
  }
}
