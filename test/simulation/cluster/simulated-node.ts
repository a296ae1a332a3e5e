/**
 * A machine with a disk and an address. Its processes are built from the production classes, one after the other, and
 * end in every way a process or a machine can end.
 */
import type { LogLevel } from '@replog/runtime/config/node-config.js';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Role } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { countStart } from '@replog/cluster/identity/count-start.js';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import type { FailoverSettings } from '@replog/core/election/failover.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { DamageRelay } from '@replog/cluster/repair/damage-relay.js';
import { Scrub } from '@replog/cluster/repair/scrub.js';
import { StorageWatch } from '@replog/cluster/storage/storage-watch.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { PromotionRequest } from '@replog/cluster/role/role-requests.port.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { openSegmentLog } from '@replog/log-store/segment/open-segment-log.js';
import { WatchedFileSystem } from '@replog/log-store/watched-file-system.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import { knownDamage } from '@replog/node/host/open-node.js';
import type { RoleRunner } from '@replog/node/role/role-runner.js';
import type { DurableLog } from '../../checkers/records/durable-log.js';
import { SimulatedDisk } from '../engine/disk.js';
import { Process, ProcessClock, wallMsOf } from '../engine/process.js';
import type { WallClock } from '../engine/process.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import type { Plant } from '../plants/plant.js';
import { EARLIER_BUILD } from './build.js';
import type { Build } from './build.js';
import type { Climate } from './climate.js';
import type { Door, Inhabitant } from './directory.js';
import { SimulatedRoles } from './simulated-roles.js';
import type { RoleEvents } from './simulated-roles.js';
import { SimulatedMasterAppend } from './simulated-orphans.js';
import { HEARTBEAT_MS, SimulatedTransport } from './simulated-transport.js';
import type { TransportPorts } from './simulated-transport.js';
import { quietLogger } from './quiet-logger.js';
import { quietMetrics } from './quiet-metrics.js';
import type { Witness } from './witness.js';

export const PORT = 8000;

export interface NodeSetting {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly transport: TransportPorts;
  readonly random: Random;
  readonly plant: Plant | null;
  readonly witness: Witness | null;
  readonly climate: Climate;
  readonly logOf: (machine: SimulatedNode) => DurableLog;
  readonly events: NodeEvents;
}

export interface NodeEvents {
  startedTerm(machine: SimulatedNode, term: MasterTerm): void;
  /** `isDamaged`: does it already know of damage in its log? Damage found later makes it step down. */
  entersTerm(machine: SimulatedNode, isDamaged: boolean): void;
  opened(machine: SimulatedNode, node: LocalNode): void;
  /** Something worth counting. */
  counted(what: string): void;
  /** The process ended itself. */
  failed(machine: SimulatedNode, error: Error): void;
}

const BASE = testConfig({
  HEALTHCHECK_DELAY: '0.4',
  HEALTHCHECK_TIMEOUT: '0.3',
  HEALTHCHECK_FAILURES: '3',
  DISK_STALL: '0.4',
  HEARTBEAT: `${HEARTBEAT_MS / 1_000}`,
  ELECTION_TIMEOUT: '1',
});

export class SimulatedNode implements Inhabitant {
  readonly url: string;
  readonly disk: SimulatedDisk;
  readonly wall: WallClock = { offsetMs: 0 };
  process: Process | null = null;
  /** It was told to stop and still runs. */
  isStopping = false;
  door: Door | null = null;
  /** What the living process has open; `null` before it has. */
  local: LocalNode | null = null;
  role: Role = 'secondary';
  /** What is installed: the next process is built by it. */
  build: Build = EARLIER_BUILD;
  /** Incarnations whose disk was restored from an older copy. */
  readonly forgotten = new Set<string>();
  /** Counts the processes. */
  life = 0;
  private runner: RoleRunner | null = null;
  private roles: SimulatedRoles | null = null;
  private scrub: Scrub | null = null;

  constructor(
    /** On the network. */
    readonly name: string,
    private readonly setting: NodeSetting,
    /** Only a copy of a directory has another one than its name. */
    readonly nodeId = name,
  ) {
    this.url = `http://${name}:${PORT}`;
    this.disk = new SimulatedDisk(setting.random);
  }

  get directory(): string {
    return `/${this.nodeId}`;
  }

  get isUp(): boolean {
    return this.process !== null;
  }

  get wallMs(): number {
    return wallMsOf(this.setting.scheduler, this.wall);
  }

  /** What its configuration says of elections. */
  get failover(): FailoverSettings & Pick<NodeConfig, 'quorumLoss'> {
    const { common, priorities } = this.setting.climate;
    const { failover, quorumLoss } = common;
    const { electionTimeoutMs } = BASE;
    return { failover, quorumLoss, electionTimeoutMs, priority: priorities.get(this.nodeId) ?? BASE.priority };
  }

  get holdsTerm(): boolean {
    return this.local !== null && this.local.term !== null;
  }

  start(role: Role, masterUrl: string): void {
    const { scheduler, trace } = this.setting;
    this.life += 1;
    this.role = role;
    const process = new Process(scheduler, this.name);
    this.process = process;
    trace.add(this.name, `start as ${role}, process ${this.life}`);
    this.open(process, this.config(role, masterUrl), this.build).catch((error: unknown) => this.fatal(process, error));
  }

  /** The process ends at once. The caller decides what the disk keeps. */
  end(): void {
    this.process?.end();
    this.process = null;
    this.isStopping = false;
    this.door = null;
    this.local = null;
    this.runner = null;
    this.roles = null;
    this.scrub = null;
  }

  /** `POST /cluster/promote`, as far as the node got. */
  async promote(request: PromotionRequest): Promise<PromotionView> {
    const { runner, door, local, setting } = this;
    if (runner === null || door === null || local === null) throw new Error('no role is in force');
    const view = await runner.promote(request);
    return setting.plant?.promotion?.(view, local) ?? view;
  }

  /** As SIGTERM does it, with LEAVE_ON_STOP or without. Resolves when the process has ended by itself. */
  async stopInOrder(how: { readonly leaves: boolean } = { leaves: false }): Promise<void> {
    const { runner, roles, process, local } = this;
    if (runner === null || roles === null || process === null || local === null) return;
    this.isStopping = true;
    local.isLeaving = true;
    if (how.leaves) await roles.depart();
    await roles.handOver();
    roles.closing ??= shuttingDown();
    await this.scrub?.stop();
    await runner.stop();
    await roles.stop();
    await local.store.close();
    await local.state.close();
    if (this.process !== process) return;
    this.setting.trace.add(this.name, 'stopped in order');
    this.end();
    this.disk.killProcess();
  }

  private async open(process: Process, config: NodeConfig, build: Build): Promise<void> {
    const { setting } = this;
    const { plant } = setting;
    const random = new SeededRandom(Math.floor(setting.random.next() * 2 ** 32));
    const clock = new ProcessClock(process, this.wall);
    const fileSystem = new WatchedFileSystem(this.disk.mount(process), clock);
    const initial = { nodeId: this.nodeId, incarnation: random.uuid(), clusterId: null, promised: null };
    const opened = await openNodeState(this.directory, () => initial, fileSystem);
    const state = plant?.state?.(opened, this) ?? opened;
    const bootId = `${this.name}, started at ${clock.nowMs()} ms`;
    const counted = await countStart(state, bootId);
    const { ringBytes, common } = setting.climate;
    const { segmentBytes } = common;
    const log = await openSegmentLog({ directory: this.directory, segmentBytes, ringBytes, fileSystem, clock });
    const store: LogStore = plant?.store?.(log.store, this) ?? log.store;
    const node = new LocalNode(state, store, this.url, bootId, counted, {
      clock,
      electionTimeoutMs: config.electionTimeoutMs,
      priority: config.priority,
    });
    const damage = await knownDamage(node, log.damage);
    node.port = PORT;
    const simulated = new SimulatedTransport(setting.transport, this, process, node.bootId);
    const overNetwork = plant?.transport?.(simulated) ?? simulated;
    const transport = setting.witness?.transportOf(this.name, overNetwork) ?? overNetwork;
    const logger = quietLogger((line) => setting.trace.add(this.name, line));
    const context: NodeContext = {
      ...{ config, view: node, log: store, clock, random, logger },
      metrics: quietMetrics((what) => setting.events.counted(what)),
      tokens: null as never,
    };
    const relay = new DamageRelay();
    const identity = new IdentityService({ ...context, node, transport });
    const votes = new VoteBook(node, clock);
    const parts: NodeParts = { ...context, node, transport, identity, votes, damage: relay };
    plant?.node?.(parts);
    if (damage !== null) setting.events.counted('damage found on opening');
    new StorageWatch({ node, clock, config, logger }, fileSystem).start();
    const events: RoleEvents = {
      entersTerm: () => setting.events.entersTerm(this, node.isDamaged),
      composed: (term) => {
        plant?.master?.(term);
        setting.events.startedTerm(this, term);
      },
      follows: (term) => plant?.secondary?.(term),
      opened: (door) => {
        plant?.door?.(door);
        if (this.process === process) this.door = door;
      },
    };
    const { calls, directory } = setting.transport;
    const masterAppend = new SimulatedMasterAppend(calls, directory, process, node);
    const roles = new SimulatedRoles(process, parts, build, events, masterAppend);
    const onFatal = (error: unknown): void => this.fatal(process, error);
    this.local = node;
    setting.events.opened(this, node);
    store.onFailure(onFatal);
    this.roles = roles;
    if (plant?.resume?.(parts, roles, setting.logOf(this).all) === true) return;
    this.runner = build.composeRunner({ parts, terms: roles, damage, onFatal });
    relay.use(this.watched(node, this.runner));
    await this.runner.start();
    void identity.introduce();
    this.scrub = new Scrub({ ...context, damage: relay }, config.scrubBytesPerSecond);
    this.scrub.start();
  }

  /** Counts in which way damage was found first. */
  private watched(node: LocalNode, damage: DamageReporter): DamageReporter {
    return {
      report: (error, foundBy) => {
        if (!node.isDamaged) this.setting.events.counted(`damage found ${foundBy}`);
        damage.report(error, foundBy);
      },
    };
  }

  private config(role: Role, masterUrl: string): NodeConfig {
    return {
      ...BASE,
      ...{ role, nodeId: this.nodeId, dataDir: this.directory, masterUrl, advertisedUrl: this.url, port: PORT },
      ...this.setting.climate.common,
      delay: this.setting.climate.delays.get(this.nodeId) ?? null,
      priority: this.failover.priority,
      writeConcernTimeoutMs: 2_000,
      logLevel: 'silent' satisfies LogLevel,
    };
  }

  private fatal(process: Process, error: unknown): void {
    if (process.isDead) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    process.end();
    this.setting.trace.add(this.name, `ends itself: ${failure.message}`);
    this.setting.scheduler.after(0, () => this.setting.events.failed(this, failure));
  }
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down. Ask another node, or this one later.');
}
