/** All machines of a run, what joins them, and the checkers that watch them. */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType } from '@replog/contracts/frames.js';
import type { VoteRequest, Role } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import { ClusterLedger } from '../../checkers/records/cluster-ledger.js';
import type { DurableLog } from '../../checkers/records/durable-log.js';
import { TransferLedger } from '../../checkers/records/transfer-ledger.js';
import { KeptLedger } from '../../checkers/records/kept-ledger.js';
import type { LinkEnd, LinkWatch } from '../engine/link.js';
import { Network } from '../engine/network.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import { Terms } from '../operator/terms.js';
import type { Plant } from '../plants/plant.js';
import { Calls } from './calls.js';
import { Directory } from './directory.js';
import { Copies } from './copies.js';
import { ElectionWatch } from './election-watch.js';
import { describeClimate, drawClimate, withPeculiar } from './climate.js';
import type { Climate } from './climate.js';
import { logOfMachine } from './log-of-machine.js';
import { requireReason } from './require-reason.js';
import { stateOn } from './state-on-disk.js';
import { SimulatedNode } from './simulated-node.js';
import type { NodeEvents, NodeSetting } from './simulated-node.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import { requireRecorded, watchMemberships } from './recorded-members.js';
import { requireNotForgotten, requireRevised } from './restored-disk.js';
import { checkStorage } from './storage-rules.js';
import { StrangerWatch } from './stranger.js';
import type { Witness } from './witness.js';

export interface ClusterSetting {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly nodes: number;
  readonly plant: Plant | null;
  readonly failover: 'auto' | 'manual';
  /** A stream of chance of its own for each part, so that one part's draws do not move another's. */
  readonly chance: (part: string) => Random;
  readonly witness?: Witness;
  /** What some nodes have instead of what is drawn for them. */
  readonly peculiar?: Pick<Climate, 'priorities' | 'delays'>;
}

const BREAKS_WITHIN_MS = 3_000;

export class SimulatedCluster {
  readonly network: Network;
  readonly calls: Calls;
  readonly ledger = new ClusterLedger();
  readonly kept = new KeptLedger();
  readonly transfers = new TransferLedger();
  readonly terms = new Terms();
  readonly strangers = new StrangerWatch(this, () => this.setting.scheduler.nowMs);
  readonly copies = new Copies(this, (original, events) => this.settingOf(`${original.name}-copy`, events));
  readonly elections = new ElectionWatch(this, () => this.setting.scheduler.nowMs);
  readonly machines: SimulatedNode[] = [];
  readonly links = new Set<LinkEnd>();
  readonly climate: Climate;
  private readonly directory = new Directory();
  private readonly logs = new Map<SimulatedNode, DurableLog>();
  /** MASTER_HOST: where nodes look for a master first. */
  masterUrl: string;
  /** The first rule that was broken. */
  broken: BrokenRule | null = null;
  /** A process ended itself: the run may start another. */
  onFailed: (machine: SimulatedNode) => void = () => undefined;
  /** A forced promotion is under way: of which node, and which others are left. */
  forcing: { readonly chosen: SimulatedNode; readonly left: readonly SimulatedNode[] } | null = null;
  /** Which part of the run this is, in words for the counts. */
  when: 'under faults' | 'later' = 'under faults';
  /** Texts of all messages that ever were orphans of a node. */
  readonly orphaned = new Set<string>();
  /** How often each thing happened. */
  readonly counts = new Map<string, number>();

  constructor(private readonly setting: ClusterSetting) {
    const { scheduler, chance, nodes, failover } = setting;
    this.network = new Network(scheduler, chance('network'));
    this.calls = new Calls(this.network);
    const names = Array.from({ length: nodes }, (_, place) => `n${place + 1}`);
    const climate = drawClimate(chance('climate'), names, { failover, priorities: chance('priorities') });
    this.climate = setting.peculiar === undefined ? climate : withPeculiar(climate, setting.peculiar);
    for (const what of describeClimate(this.climate)) this.count(what);
    for (const name of names) {
      const machine = this.machineNamed(name);
      this.directory.add(machine);
      this.machines.push(machine);
    }
    this.masterUrl = this.machine('n1').url;
  }

  readonly machine = (name: string): SimulatedNode => {
    const found = this.machines.find((machine) => machine.name === name);
    if (found === undefined) throw new Error(`there is no machine ${name}`);
    return found;
  };

  readonly logOf = (machine: SimulatedNode): DurableLog => this.logs.get(machine) as DurableLog;

  /** It has founded a second cluster: see `ClusterLedger.isStray`. */
  readonly isStray = (machine: SimulatedNode): boolean => this.ledger.isStray(this.logOf(machine).all);

  /** The machines that are master, newest epoch first. */
  get mastersInTerm(): SimulatedNode[] {
    const masters = this.machines.filter((machine) => machine.holdsTerm && !this.isStray(machine));
    return masters.sort((one, other) => (other.local?.epoch ?? 0) - (one.local?.epoch ?? 0));
  }

  /** Its log is damaged and not repaired yet. */
  readonly isDamaged = (machine: SimulatedNode): boolean => this.logOf(machine).isDamaged;

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  start(machine: SimulatedNode, role: Role): void {
    // A secondary needs the address of another node: with an empty disk it knows none.
    const other = this.machines.find(({ url }) => url !== machine.url);
    const isItsOwn = role === 'secondary' && this.masterUrl === machine.url;
    machine.start(role, isItsOwn && other !== undefined ? other.url : this.masterUrl);
  }

  /** The process ends; `how` says what the disk keeps. */
  end(machine: SimulatedNode, how: 'kill' | 'power' | 'wipe'): void {
    this.copies.end();
    this.cutOff(machine, how === 'kill' ? 2 : BREAKS_WITHIN_MS);
    if (how === 'kill') machine.disk.killProcess();
    else if (how === 'power') machine.disk.losePower();
    else {
      this.takeAway(machine, this.logOf(machine).copies());
      this.logOf(machine).wiped();
      machine.disk.wipe();
    }
    this.logOf(machine).touch();
  }

  /** The process ends at once, and the other ends of its links find out. */
  cutOff(machine: SimulatedNode, withinMs = 2): void {
    const { process } = machine;
    machine.end();
    for (const end of [...this.links]) {
      if (end.process === process && this.links.delete(end)) end.fallsSilent(withinMs);
    }
  }

  /** Runs a check and keeps the first broken rule. */
  guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof BrokenRule)) throw error;
      this.broken ??= error;
    }
  }

  /** The checks that hold at any time. */
  check(): void {
    this.guard(() => {
      checkStorage(this);
      this.copies.check();
      this.elections.check();
      for (const machine of this.machines) {
        const log = this.logOf(machine);
        const records = log.all;
        const { local } = machine;
        if (local === null || local.committed === 0) continue;
        const { name, life } = machine;
        this.ledger.commit(`${name}, process ${life}`, { nodeId: name, records }, local.committed);
      }
    });
  }

  /** `machine` no longer has these texts. */
  takeAway(machine: SimulatedNode, texts: Iterable<string>): void {
    const elsewhere = this.machines.filter((other) => other !== machine).map((other) => this.logOf(other).copies());
    this.kept.takeAway(texts, (text) => elsewhere.some((copies) => copies.has(text)));
  }

  /** `name`: of a machine, or of a copy of its directory. */
  private settingOf(name: string, events: NodeEvents): NodeSetting {
    const { scheduler, trace, plant, chance, witness = null } = this.setting;
    const { calls, network, links, directory, elections } = this;
    const called = (host: string): SimulatedNode => this.copies.find(host) ?? this.machine(host);
    const sends: LinkWatch['sends'] = (end, frame) => {
      const [from, to] = [end.host.name, end.peer?.host.name ?? 'nobody'];
      witness?.frameSent(from, to, frame);
      this.guard(() => this.frameSent(called(from), frame, called(to)));
      elections.sent(end, frame);
    };
    const voted = (by: string, request: VoteRequest): void => this.guard(() => this.voted(called(by), request));
    const transferred: Terms['transferred'] = (...given) => this.terms.transferred(...given);
    const linkWatch: LinkWatch = {
      sends,
      arrives: (end, frame) => elections.arrived(called(end.host.name), end, frame),
    };
    const watched = { linkWatch, voted, transferred, ...elections.ports(called) };
    return {
      ...{ scheduler, trace, plant, witness, random: chance(name), climate: this.climate, events },
      logOf: ({ nodeId }) => this.logOf(this.machine(nodeId)),
      transport: { calls, network, directory, links, ...watched },
    };
  }

  private machineNamed(name: string): SimulatedNode {
    const { witness = null } = this.setting;
    const events: NodeEvents = {
      startedTerm: (where, term) => this.guard(() => this.startedTerm(where, term)),
      entersTerm: (where, isDamaged) =>
        this.guard(() => {
          if (isDamaged) throw new BrokenRule('damage', `${where.name} begins its term with a log it knows is damaged`);
        }),
      opened: (where, node) => {
        const said = (line: string): void => this.setting.trace.add(where.name, line);
        watchMemberships(where, node, said, (step) => this.guard(step));
        this.strangers.watch(where, node);
        this.elections.watch(where, node);
        witness?.opened(where.name, node);
        node.onCommitted((index) => this.guard(() => this.masterCommits(where, node, index)));
      },
      counted: (what) => this.count(what),
      failed: (where, error) => {
        if (where.process?.isDead !== true) return;
        this.guard(() => requireReason(where, error));
        this.end(where, 'kill');
        this.onFailed(where);
        this.count('processes that ended themselves');
      },
    };
    const machine: SimulatedNode = new SimulatedNode(name, this.settingOf(name, events));
    this.logs.set(machine, logOfMachine(this, machine));
    return machine;
  }

  private startedTerm(machine: SimulatedNode, { node, start: { epochStartIndex } }: MasterTerm): void {
    const { name, life } = machine;
    const { epoch } = node;
    this.count('terms started');
    this.setting.trace.add(name, `begins its term in epoch ${epoch} with record ${epochStartIndex}`);
    this.check();
    const records = this.logOf(machine).all;
    if (this.forcing?.chosen === machine) {
      const left = this.forcing.left.map((other) => ({ nodeId: other.name, records: this.logOf(other).all }));
      this.count('committed records lost by force', this.ledger.forced({ nodeId: name, records }, left));
    }
    if (this.isStray(machine)) return this.count('second clusters founded');
    this.ledger.startedTerm(epoch, `${name}, process ${life}`, name, records);
    this.terms.started({ machine, epoch, history: records.slice(0, epochStartIndex - 1) });
  }

  /** A vote is about to leave. It must be on disk, or a restart forgets it. */
  private voted(machine: SimulatedNode, request: VoteRequest): void {
    const { epoch, candidate } = request;
    this.terms.voted(candidate);
    this.copies.voted(machine, request);
    this.elections.voted(machine, request);
    requireNotForgotten(machine, candidate);
    const known = stateOn(machine)?.promised?.epoch ?? 0;
    const sentence = `${machine.name} voted for ${candidate} in epoch ${epoch}, and its disk knows of ${known}`;
    if (known < epoch) throw new BrokenRule('vote', sentence);
  }

  /** An acknowledgement is about to leave. It must be true at this moment. */
  private frameSent(machine: SimulatedNode, bytes: Buffer, to: SimulatedNode): void {
    const frame = bytes[0] === FrameType.Ack ? decodeFrame(bytes) : null;
    if (frame?.type !== FrameType.Ack) return;
    this.copies.acknowledged(machine);
    const { lastIndex } = this.logOf(machine);
    this.ledger.acknowledged(machine.name, frame.index, lastIndex);
    requireRevised(machine, lastIndex, to);
  }

  private masterCommits(machine: SimulatedNode, node: LocalNode, index: number): void {
    const { term, membership, epoch } = node;
    const holders = (chain: number): number =>
      membership.members.filter(({ nodeId }) => this.logOf(this.machine(nodeId)).had(index, chain)).length;
    // A majority may have the record before the master's own disk has it.
    const record = this.machines.map((other) => this.logOf(other).at(index)).find((found) => found?.epoch === epoch);
    const any = record ?? this.logOf(machine).at(index);
    if (term === null || any === undefined || this.isStray(machine)) return;
    requireRecorded(machine.name, node, this.logOf(machine));
    this.ledger.masterCommits(machine.name, epoch, any, holders(any.chain), membership.members.length);
  }
}
