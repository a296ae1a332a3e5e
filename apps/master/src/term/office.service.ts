/**
 * A master's time in office, from the epoch's first record to the moment it leaves: wires log, ledger and links
 * together, answers for the whole node as `Office`, and takes everything down in the order in which nothing is lost.
 * Built ahead of need, it does nothing before `enter`.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { MemberView } from '@replog/contracts/views.js';
import { memberOf } from '@replog/core/membership/membership.js';
import { majorityOf } from '@replog/core/quorum/majority.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { CLOCK, LOGGER, LOG_STORE, METRICS, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { Office } from '@replog/cluster/node/local-node.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { OfficeFigures } from '@replog/runtime/metrics/node-metrics.js';
import { MemberViews } from '../registry/member-views.js';
import { RegistryService } from '../registry/registry.service.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { LogWriter } from '../replication/log-writer.js';
import { MembershipService } from '../replication/membership.service.js';
import { WriteConcernService } from '../replication/write-concern.service.js';

@Injectable()
export class OfficeService implements Office, BeforeApplicationShutdown {
  private readonly stops: (() => void)[] = [];
  private leaving: Promise<void> | null = null;

  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(METRICS) private readonly metrics: NodeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(RegistryService) private readonly registry: RegistryService,
    @Inject(MembershipService) private readonly memberships: MembershipService,
    @Inject(MemberViews) private readonly views: MemberViews,
    @Inject(WriteConcernService) private readonly concerns: WriteConcernService,
  ) {}

  get exposure(): number {
    return this.ledger.exposure;
  }

  /** To be called once. `epochStartIndex`: the durable record with which this node took office. */
  enter(epochStartIndex: number): void {
    this.node.office = this;
    this.ledger.open(epochStartIndex);
    this.writer.open();
    this.writer.onAppended(() => this.registry.wakeLinks());
    this.stops.push(
      this.store.onDurable((durable) => this.ledger.masterHas(durable.index)),
      this.node.onCommitted(() => this.committed()),
      this.metrics.followOffice(() => this.figures()),
    );
    this.registry.openMembers();
    this.committed();
  }

  members(): Promise<readonly MemberView[]> {
    return this.views.all();
  }

  async confirm(): Promise<number> {
    await this.epochCommitted();
    const upTo = this.node.committed;
    const others = this.node.membership.members.filter((member) => member.nodeId !== this.node.nodeId);
    const needed = majorityOf(this.node.membership.members.length) - 1;
    const links = others.map((member) => this.registry.find(member.nodeId)?.link);
    const rounds = links.map((link) => link?.confirm() ?? Promise.reject(new Error('not registered')));
    await this.withinReach(enough(rounds, needed));
    return upTo;
  }

  /** No more writes; what was taken becomes durable; who waits hears `pending`; the links close. Idempotent. */
  leave(because: ReplogError): Promise<void> {
    return (this.leaving ??= this.takeDown(because));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.leave(
      new ReplogError('SHUTTING_DOWN', 'This node is shutting down. Repeat the request shortly.', { retryAfterS: 1 }),
    );
  }

  private async takeDown(because: ReplogError): Promise<void> {
    this.writer.close(because);
    if (this.node.office === this) this.node.office = null;
    // A store that failed has said so to the whole process; nobody is told that his write is durable then.
    const isDurable = await this.store.whenDurable(this.store.last.index).then(
      () => true,
      () => false,
    );
    if (isDurable) this.concerns.stop();
    for (const stop of this.stops.splice(0)) stop();
    await this.registry.close();
  }

  private committed(): void {
    this.registry.wakeLinks();
    this.registry.admitNext();
    this.noteOwnAddress();
  }

  /** A master that moved tells its members so; a change like every other. */
  private noteOwnAddress(): void {
    const { url, nodeId, incarnation, membership } = this.node;
    const known = memberOf(membership, nodeId);
    if (url === null || known === undefined || known.url === url || !this.memberships.mayChange) return;
    void this.memberships
      .admit({ nodeId, incarnation, url })
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the new address of this master was not written'));
  }

  private async epochCommitted(): Promise<void> {
    const { epochStart } = this.ledger;
    if (this.node.committed >= epochStart) return;
    await this.withinReach(
      new Promise((resolve) => {
        const stop = this.node.onCommitted((committed) => {
          if (committed < epochStart) return;
          stop();
          resolve();
        });
      }),
    );
  }

  /** A majority answers within the time after which it would be called unreachable, or there is none. */
  private async withinReach(confirmed: Promise<void>): Promise<void> {
    const limitMs = this.config.healthcheckTimeoutMs * this.config.healthcheckFailures;
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(noMajority());
      const timer = this.clock.after(limitMs, fail);
      confirmed.then(resolve, fail).finally(() => timer.cancel());
    });
  }

  /** A lag that cannot be read, as of a damaged record, costs its gauges and not the whole scrape. */
  private async figures(): Promise<OfficeFigures> {
    const secondaries = await this.views.secondaries().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the gauges of the secondaries could not be read');
      return [];
    });
    return { secondaries, exposure: this.exposure };
  }
}

/** Resolves when `needed` of `rounds` have; rejects as soon as too many have failed. */
function enough(rounds: readonly Promise<void>[], needed: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let confirmed = 0;
    let failed = 0;
    if (needed <= 0) resolve();
    if (rounds.length < needed) reject(noMajority());
    for (const round of rounds) {
      round.then(
        () => ++confirmed >= needed && resolve(),
        () => ++failed > rounds.length - needed && reject(noMajority()),
      );
    }
  });
}

function noMajority(): ReplogError {
  return new ReplogError('NO_QUORUM', 'No majority of the members has confirmed this master. Try again shortly.', {
    retryAfterS: 1,
  });
}
