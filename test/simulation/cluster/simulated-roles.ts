/**
 * The roles without HTTP: the same services as Nest builds, by hand, their lifecycle hooks called in Nest's order.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { RegisterRequest } from '@replog/contracts/http.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { MessageReader } from '@replog/cluster/reads/message-reader.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { MasterAppend } from '@replog/cluster/orphans/master-append.port.js';
import type { MasterTerm, SecondaryTerm, TermStart, Terms } from '@replog/node/role/terms.port.js';
import { OfficeService } from '@replog/master/term/office.service.js';
import { Follower } from '@replog/secondary/messages/follower.js';
import { ChainComparison } from '@replog/master/health/chain-comparison.js';
import { PingService } from '@replog/master/health/ping.service.js';
import { TransferService } from '@replog/master/transfer/transfer.service.js';
import { AppendService } from '@replog/master/writes/append.service.js';
import { InflightBodies } from '@replog/master/writes/inflight-bodies.js';
import { IdempotencyService } from '@replog/master/writes/idempotency.service.js';
import { ReceiptService } from '@replog/master/writes/receipt.service.js';
import { WriteAdmission } from '@replog/master/writes/write-admission.js';
import { MemberViews } from '@replog/master/registry/member-views.js';
import { Registrar } from '@replog/master/registry/registrar.js';
import { RegistryService } from '@replog/master/registry/registry.service.js';
import { RemovalService } from '@replog/master/registry/removal.service.js';
import { AppendFrames } from '@replog/master/replication/append-frames.js';
import { CopyLedger } from '@replog/master/replication/copy-ledger.js';
import { LagMeter } from '@replog/master/replication/lag.js';
import { LogWriter } from '@replog/master/replication/log-writer.js';
import { MembershipService } from '@replog/master/replication/membership.service.js';
import { WaitTimes } from '@replog/master/replication/wait-times.js';
import { WriteConcernService } from '@replog/master/replication/write-concern.service.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import type { Process } from '../engine/process.js';
import { DamageWatch } from './damage-watch.js';
import type { WayOfFinding } from './damage-watch.js';
import type { Door } from './directory.js';
import { orphansDoor } from './simulated-orphans.js';

/** The services of a master, as a planted bug may lay hands on them. */
export interface MasterServices {
  readonly parts: NodeParts;
  readonly ledger: CopyLedger;
  readonly memberships: MembershipService;
  readonly registry: RegistryService;
  readonly idempotency: IdempotencyService;
  readonly transfers: TransferService;
  readonly office: OfficeService;
}

export interface RoleEvents {
  /** A term begins. */
  entersOffice(parts: NodeParts): void;
  /** The services are built and not in force yet. */
  masterBuilt(services: MasterServices, epochStartIndex: number): void;
  turnTo(door: Door): void;
  foundDamage(way: WayOfFinding): void;
}

export class SimulatedTerms implements Terms {
  constructor(
    private readonly parts: NodeParts,
    private readonly process: Process,
    private readonly events: RoleEvents,
    private readonly masterAppend: MasterAppend,
  ) {}

  beginMaster({ epoch, epochStartIndex }: TermStart): MasterTerm {
    const { parts } = this;
    this.events.entersOffice(parts);
    const { node, log, clock, config, metrics, transport, logger, random } = parts;
    const watch = this.watch(parts);
    const ledger = new CopyLedger(node, clock);
    const lag = new LagMeter(log, clock);
    const writer = new LogWriter(node, log, clock, config, ledger, lag);
    const memberships = new MembershipService(node, writer, ledger, logger);
    const concerns = new WriteConcernService(ledger, clock, metrics, new WaitTimes(clock));
    const registry = new RegistryService(
      ...([node, log, transport, clock, random, config, logger, ledger] as const),
      ...([new AppendFrames(), memberships, watch.way('on send')] as const),
    );
    const registrations = new Registrar(node, config, transport, logger, registry);
    const pings = new PingService(node, config, transport, registry);
    const chains = new ChainComparison(
      ...([node, transport, random, config, logger, metrics] as const),
      ...([watch.way('by the comparison of chains'), registry, ledger] as const),
    );
    const idempotency = new IdempotencyService(log);
    const receipts = new ReceiptService(log, ledger, concerns, node);
    const admission = new WriteAdmission(node, config, writer, registry, ledger, concerns);
    const appends = new AppendService(
      ...([random, config, metrics, writer, concerns, idempotency, receipts, admission] as const),
    );
    const views = new MemberViews(node, registry, ledger, lag);
    const removals = new RemovalService(node, config, clock, registry, memberships);
    const office = new OfficeService(
      ...([node, log, clock, config, metrics, logger, ledger, writer, registry, memberships] as const),
      ...([views, concerns] as const),
    );
    const transfers = new TransferService(node, clock, registry, ledger, writer, concerns, parts.requests);
    const services = { parts, ledger, memberships, registry, idempotency, transfers, office };
    this.events.masterBuilt(services, epochStartIndex);
    office.enter(epochStartIndex);
    const door: Door = {
      ...this.shared(),
      master: { epoch, appends, receipts, removals, transfers, bodies: new InflightBodies(config), config },
      follower: null,
      closing: null,
      register: (request: RegisterRequest, url: string) => registrations.register(request, url),
    };
    this.events.turnTo(door);
    const stopPings = this.every(config.healthcheckDelayMs, () => pings.pingAll().then(() => chains.compareNext()));
    return {
      end: async (because) => {
        if (because.code === 'SHUTTING_DOWN') door.closing = because;
        stopPings();
        void chains.beforeApplicationShutdown();
        await office.leave(because);
      },
    };
  }

  beginSecondary(): SecondaryTerm {
    const { parts } = this;
    const { node, log, votes, clock, random, config, logger, transport } = parts;
    const follower = new Follower(node, log, votes, clock, random, config, logger, this.watch(parts).way('on receipt'));
    const registration = new RegistrationService(node, config, transport, clock, random, logger);
    const door: Door = {
      ...this.shared(),
      master: null,
      follower,
      closing: null,
      register: (request: RegisterRequest, url: string) => {
        if (request.clusterId === node.clusterId) node.noteAddress(request.nodeId, url);
        return Promise.reject(notMaster(node.master));
      },
    };
    this.events.turnTo(door);
    registration.start();
    return {
      hangUp: (reason) => follower.hangUp(reason),
      end: async () => {
        door.closing ??= shuttingDown();
        await Promise.all([follower.beforeApplicationShutdown(), registration.beforeApplicationShutdown()]);
      },
    };
  }

  private shared(): Pick<Door, 'node' | 'peer' | 'reader' | 'damage' | 'orphans'> {
    const { parts } = this;
    const { node, votes, clock, log } = parts;
    const watch = this.watch(parts);
    return {
      node,
      damage: watch.way('by a request'),
      peer: new PeerService(node, votes, clock),
      reader: new MessageReader(log, node, clock, watch.way('by a read')),
      orphans: orphansDoor(parts, this.masterAppend),
    };
  }

  private watch({ node, damage }: NodeParts): DamageWatch {
    return new DamageWatch(node, damage, (way) => this.events.foundDamage(way));
  }

  /** What Nest's scheduler does for the pings. */
  private every(ms: number, run: () => Promise<void>): () => void {
    let isStopped = false;
    const again = (): void => {
      if (isStopped) return;
      void run();
      this.process.after(ms, again);
    };
    again();
    return () => {
      isStopped = true;
    };
  }
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down; ask another one, or this one later.');
}
