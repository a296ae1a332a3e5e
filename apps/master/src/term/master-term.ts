/**
 * One master's term, from the epoch's first record to its end: everything that lives as long as the term. It starts
 * together and ends in an order that loses nothing. `composeMasterTerm` builds it.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { MemberView } from '@replog/contracts/views.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeTerm } from '@replog/cluster/node/node-term.js';
import type { TermFigures } from '@replog/runtime/metrics/node-metrics.js';
import type { ChainComparison } from '../health/chain-comparison.js';
import type { HealthRounds } from '../health/health-rounds.js';
import type { Admissions } from '../registry/admissions.js';
import type { FailoverPause } from '../registry/failover-pause.js';
import type { MemberViews } from '../registry/member-views.js';
import type { Registrar } from '../registry/registrar.js';
import type { Removal } from '../registry/removal.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { ConcernWaits } from '../replication/concern-waits.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { LagMeter } from '../replication/lag.js';
import type { Links } from '../replication/links.js';
import type { LogWriter } from '../replication/log-writer.js';
import type { MajorityConfirmation } from '../replication/majority-confirmation.js';
import type { Memberships } from '../replication/memberships.js';
import type { WaitTimes } from '../replication/wait-times.js';
import type { Transfer } from '../transfer/transfer.js';
import type { AppendService } from '../writes/append.service.js';
import type { IdempotencyService } from '../writes/idempotency.service.js';
import type { LiveReceipts } from '../writes/live-receipt.js';
import type { ReceiptService } from '../writes/receipt.service.js';
import type { WriteAdmission } from '../writes/write-admission.js';
import type { MasterTermPorts } from './term-ports.js';

export interface TermStart {
  readonly epoch: number;
  /** Index of the durable first record of the epoch. */
  readonly epochStartIndex: number;
}

/** The log of a master, its copies, and the writes that wait for them. */
export interface ReplicationParts {
  readonly ledger: CopyLedger;
  readonly lag: LagMeter;
  readonly links: Links;
  readonly writer: LogWriter;
  readonly memberships: Memberships;
  readonly waitTimes: WaitTimes;
  readonly waits: ConcernWaits;
  readonly confirmation: MajorityConfirmation;
}

/** The secondaries and the membership. */
export interface RegistryParts {
  readonly secondaries: Secondaries;
  readonly registrar: Registrar;
  readonly admissions: Admissions;
  readonly removal: Removal;
  readonly pause: FailoverPause;
  readonly views: MemberViews;
}

/** Writes and receipts for clients. */
export interface WriteParts {
  readonly appends: AppendService;
  readonly idempotency: IdempotencyService;
  readonly receipts: ReceiptService;
  readonly admission: WriteAdmission;
  readonly live: LiveReceipts;
}

/** The health of the secondaries. */
export interface HealthParts {
  readonly chains: ChainComparison;
  readonly rounds: HealthRounds;
}

export interface MasterTermParts {
  readonly replication: ReplicationParts;
  readonly registry: RegistryParts;
  readonly writes: WriteParts;
  readonly health: HealthParts;
  readonly transfer: Transfer;
}

export class MasterTerm implements NodeTerm, MasterTermParts {
  readonly replication: ReplicationParts;
  readonly registry: RegistryParts;
  readonly writes: WriteParts;
  readonly health: HealthParts;
  readonly transfer: Transfer;
  private readonly stops: (() => void)[] = [];
  private ending: Promise<void> | null = null;
  /** Since when silence of the members counts. */
  private listeningMs = 0;

  constructor(
    private readonly ports: Pick<MasterTermPorts, 'node' | 'metrics' | 'logger' | 'clock'>,
    readonly start: TermStart,
    { replication, registry, writes, health, transfer }: MasterTermParts,
  ) {
    this.replication = replication;
    this.registry = registry;
    this.writes = writes;
    this.health = health;
    this.transfer = transfer;
  }

  get node(): LocalNode {
    return this.ports.node;
  }

  get exposure(): number {
    return this.replication.ledger.exposure;
  }

  get silentMs(): number {
    return this.registry.secondaries.silentMs(this.listeningMs);
  }

  excuseSilence(): void {
    this.listeningMs = this.ports.clock.nowMs();
  }

  /** Call it once. */
  begin(): void {
    const { node, metrics } = this.ports;
    this.excuseSilence();
    const { ledger, lag } = this.replication;
    node.term = this;
    ledger.open(this.start.epochStartIndex);
    lag.open();
    this.stops.push(
      node.store.onDurable((durable) => ledger.masterHas(durable.index)),
      node.onCommitted(() => this.committed()),
      ledger.onProgress(() => this.registry.admissions.next()),
      metrics.followTerm(() => this.figures()),
    );
    this.registry.secondaries.openMembers();
    this.replication.memberships.announceFailover();
    this.committed();
    // The first pings tell the members who is master.
    this.health.rounds.tick();
  }

  /** Stops writes, makes appended records durable, answers waiting writes `pending`, closes the links. Idempotent. */
  end(because: ReplogError): Promise<void> {
    return (this.ending ??= this.takeDown(because));
  }

  members(): Promise<readonly MemberView[]> {
    return this.registry.views.all();
  }

  acknowledgedBy(node: { readonly nodeId: string; readonly incarnation: string }): number {
    return this.registry.secondaries.acknowledgedBy(node);
  }

  confirm(): Promise<number> {
    return this.replication.confirmation.confirm();
  }

  private async takeDown(because: ReplogError): Promise<void> {
    const { node } = this.ports;
    const { store } = node;
    this.replication.writer.close(because);
    if (node.term === this) node.term = null;
    this.health.rounds.end();
    this.health.chains.end();
    // While its disk hangs, the members wait for another master: they must hear no more of this one.
    if (node.isStalled) await this.registry.secondaries.close();
    // A failed store has stopped the process already; no write may be called durable then.
    const isDurable = await store.whenDurable(store.last.index).then(
      () => true,
      () => false,
    );
    if (isDurable) this.replication.waits.stop();
    for (const stop of this.stops.splice(0)) stop();
    await Promise.all([this.registry.secondaries.close(), this.health.chains.ended]);
  }

  private committed(): void {
    this.replication.links.wake();
    this.registry.admissions.next();
    this.registry.admissions.noteOwnAddress();
  }

  /** If a lag cannot be read (damaged record), only its gauges are missing, not the whole scrape. */
  private async figures(): Promise<TermFigures> {
    const secondaries = await this.registry.views.secondaries().catch((error: unknown) => {
      this.ports.logger.warn({ err: error }, 'the gauges of the secondaries could not be read');
      return [];
    });
    return { secondaries, exposure: this.exposure };
  }
}
