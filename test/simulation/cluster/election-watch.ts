/**
 * Does every change of master without an operator have a reason? It is seen from outside: what arrived on the links, what
 * polls were answered, which disks hang. A node that hears its master leaves it alone, and one that does not may not wait.
 */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType } from '@replog/contracts/frames.js';
import type { NodeStatus, VoteRequest } from '@replog/contracts/http.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { isAutomatic } from '@replog/core/election/failover.js';
import { isSame, standingOf } from '@replog/core/membership/membership.js';
import { isMajority } from '@replog/core/quorum/majority.js';
import type { RoleState } from '@replog/core/role/role-state.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { LinkEnd } from '../engine/link.js';
import type { Process } from '../engine/process.js';
import type { SimulatedNode } from './simulated-node.js';
import type { TransportPorts } from './simulated-transport.js';
import { hasRunFor, isKnownToHang } from './storage-rules.js';

/** Between two looks of a node, and the steps of a run between two looks of the checkers. */
const LOOK_MS = 200;
/** A member waits for its master for at most this many ELECTION_TIMEOUTs. */
const LONGEST_WAIT = 1.5;
/** A frame may be handled that much later than it arrives: DELAY, and a slow disk. */
const HANDLED_MS = 500;
/** A master whose disk has hung for so long knows it, and has had a look. */
const HANG_FOUND_MS = 1_500;
/** A disk that hung until then may still be taken for one that hangs. */
const STALL_REMEMBERED_MS = 1_000;

/** What one process has heard. */
interface Heard {
  state: RoleState | null;
  /** The master that it follows, on a link on which it has acknowledged something in its epoch. */
  master: { readonly nodeId: string; readonly epoch: number; readonly atMs: number } | null;
  /** Anything on a link, or a reason to begin the wait for a master anew. */
  anythingMs: number;
  /** When its role changed last, or it became able to elect. */
  changedMs: number;
  /** As master, by node: an acknowledgement of its epoch, or anything after one on the same link. */
  readonly followers: Map<string, number>;
  /** As master, by node: anything on a link. */
  readonly others: Map<string, number>;
  /** The answers to the poll under way, by node and incarnation. */
  readonly polled: Map<string, NodeStatus>;
}

interface Watched {
  readonly machines: readonly SimulatedNode[];
  readonly machine: (name: string) => SimulatedNode;
  /** Runs a check and keeps the first broken rule. */
  guard(check: () => void): void;
}

export class ElectionWatch {
  private readonly heard = new WeakMap<Process, Heard>();
  /** The epoch of the last acknowledgement that left this end, and that arrived at it. */
  private readonly acknowledging = new WeakMap<LinkEnd, number>();
  private readonly acknowledged = new WeakMap<LinkEnd, number>();

  constructor(
    private readonly cluster: Watched,
    private readonly nowMs: () => number,
  ) {}

  /** A frame leaves this end. */
  sent(end: LinkEnd, bytes: Buffer): void {
    if (bytes[0] === FrameType.Reject) this.acknowledging.delete(end);
    const epoch = acknowledgedEpoch(bytes);
    if (epoch !== null) this.acknowledging.set(end, epoch);
  }

  /** A frame or a heartbeat arrives at this end. */
  arrived(machine: SimulatedNode, end: LinkEnd, bytes: Buffer | null): void {
    const { process, peer } = end;
    const { local } = machine;
    if (local === null || peer === null || machine.process !== process) return;
    const heard = this.of(process);
    const [from, atMs] = [peer.host.name, this.nowMs()];
    heard.anythingMs = atMs;
    const epoch = bytes === null ? null : acknowledgedEpoch(bytes);
    if (epoch !== null) this.acknowledged.set(end, epoch);
    if (local.holdsTerm) {
      heard.others.set(from, atMs);
      if (!end.isLeaving && this.acknowledged.get(end) === local.epoch) heard.followers.set(from, atMs);
    } else if (!end.isLeaving && this.acknowledging.get(end) === local.epoch) {
      heard.master = { nodeId: from, epoch: local.epoch, atMs };
    }
  }

  /** A node has the answer to its question for the status of another. */
  answered(process: Process, status: NodeStatus): void {
    // A later answer may be of its next incarnation; the poll was decided with this one.
    this.of(process).polled.set(`${status.nodeId} ${status.incarnation}`, status);
  }

  /** A vote is about to leave. A node that hears its master votes only where an operator wants another one. */
  voted(machine: SimulatedNode, { by, candidate, epoch }: VoteRequest): void {
    if (machine.process === null) return;
    const heard = this.of(machine.process);
    heard.anythingMs = this.nowMs();
    // It may follow the candidate already, which has won: a frozen node finds both when it goes on.
    const follows = [heard.master?.nodeId, machine.local?.master?.nodeId].includes(candidate);
    const isFree = by === 'operator' || follows || !this.hearsMaster(machine);
    const { nodeId = 'nobody' } = heard.master ?? {};
    // Whoever has voted has left the epoch of that master.
    heard.master = null;
    if (isFree) return;
    throw broken(`${machine.name} voted for ${candidate} in epoch ${epoch}, and still heard ${nodeId}`);
  }

  /** What a transport tells the watch. `called`: by its name on the network. */
  ports(called: (host: string) => SimulatedNode): Pick<TransportPorts, 'answered' | 'asks'> {
    return {
      answered: (process, status) => this.answered(process, status),
      asks: (by, request) => this.cluster.guard(() => this.asks(called(by), request)),
    };
  }

  /** A candidate asks for a vote: it has voted for itself. */
  asks(machine: SimulatedNode, { by, epoch }: VoteRequest): void {
    const isFree = by === 'operator' || !this.hearsMaster(machine);
    if (machine.process !== null) this.of(machine.process).master = null;
    if (isFree) return;
    throw broken(`${machine.name} raised epoch ${epoch} by itself, and still heard its master`);
  }

  /** From now on this node's changes of role are watched. */
  watch(machine: SimulatedNode, node: LocalNode): void {
    const { roles } = node;
    const give = roles.give.bind(roles);
    roles.give = (event) => {
      const before = roles.value;
      give(event);
      const { state } = roles.value;
      if (state === before.state || machine.process === null) return;
      const heard = this.of(machine.process);
      Object.assign(heard, { state, anythingMs: this.nowMs(), changedMs: this.nowMs() });
      if (state.kind === 'polling') heard.polled.clear();
      this.cluster.guard(() => this.changed(machine, node, state, before.lostMaster !== null));
    };
  }

  /** The rules that hold at any time. */
  check(): void {
    for (const machine of this.cluster.machines) {
      const { local, process } = machine;
      if (local === null || process === null || machine.isStopping) continue;
      const heard = this.of(process);
      const { state } = local.roles.value;
      // A check runs in the middle of a change of role, too.
      const isChanging = state !== heard.state;
      heard.state = state;
      if (isChanging || !this.isAutomatic(machine, local)) heard.anythingMs = heard.changedMs = this.nowMs();
      else if (local.holdsTerm) this.checkMaster(machine, local, heard);
      else this.checkWaiting(machine, local, heard);
    }
  }

  private changed(machine: SimulatedNode, node: LocalNode, state: RoleState, isFailover: boolean): void {
    if (state.kind === 'campaigning' && state.by === 'itself') this.campaigns(machine, node, state.epoch, isFailover);
    if (state.kind !== 'steppingDown') return;
    const { reason, epoch } = state;
    const gaveUp = `${machine.name} gave up epoch ${epoch}`;
    if (reason.kind === 'unheard' && this.hearsMajority(machine, node, this.timeoutMs(machine)))
      throw broken(`${gaveUp}, because it heard no majority, and a majority was heard on its links`);
    if (reason.kind === 'stalled' && machine.disk.msSinceHung > STALL_REMEMBERED_MS)
      throw broken(`${gaveUp}, because its disk does not answer, and it does`);
  }

  private campaigns(machine: SimulatedNode, node: LocalNode, epoch: number, isFailover: boolean): void {
    const what = `${machine.name} campaigns for epoch ${epoch} by itself`;
    const { members } = node.membership;
    const answers = [...this.of(machine.process as Process).polled.values()];
    const others = answers.filter((status) => members.some((member) => isSame(status, member)));
    const present = others.filter(({ nodeId }) => nodeId !== machine.name);
    if (!isMajority(present.length + 1, members.length))
      throw broken(`${what}, and only ${present.length + 1} of ${members.length} members answered its poll`);
    const deaf = present.filter(({ hears = null }) => hears === null || hears === machine.name);
    if (!isMajority(deaf.length + 1, members.length)) throw broken(`${what}, and no majority has lost the master`);
    if (!isFailover) return;
    const obstacle = this.obstacle(machine, node);
    if (obstacle !== null) throw broken(`${what}, and ${obstacle}`);
  }

  private obstacle(machine: SimulatedNode, node: LocalNode): string | null {
    if (machine.failover.priority === 0) return 'it has PRIORITY=0';
    if (standingOf(node.membership, node) !== 'member') return 'it is no member';
    if (node.isDamaged) return 'its log is damaged';
    if (isKnownToHang(machine)) return 'its disk hangs';
    if (!this.isAutomatic(machine, node)) return 'failover is not automatic now';
    return null;
  }

  /** It hears a majority, or it steps down; with a disk that hangs it steps down while it hears one. */
  private checkMaster(machine: SimulatedNode, node: LocalNode, { others, changedMs }: Heard): void {
    const limitMs = this.timeoutMs(machine) + LOOK_MS;
    if (isKnownToHang(machine, HANG_FOUND_MS) && this.hearsMajority(machine, node, limitMs - 2 * LOOK_MS))
      throw broken(`${machine.name} is master in epoch ${node.epoch}, and its disk hangs`);
    const isExcused = machine.disk.msSinceHung <= STALL_REMEMBERED_MS || machine.failover.quorumLoss === 'accept';
    if (isExcused || this.nowMs() - changedMs <= limitMs || !hasRunFor(machine, limitMs)) return;
    const { members } = node.membership;
    const those = members.filter(({ nodeId }) => this.isWithin(others.get(nodeId), limitMs));
    if (isMajority(those.length + 1, members.length)) return;
    throw broken(`${machine.name} is master in epoch ${node.epoch}, and has heard no majority for an ELECTION_TIMEOUT`);
  }

  /** Whoever may become master looks for one when it hears none. */
  private checkWaiting(machine: SimulatedNode, node: LocalNode, heard: Heard): void {
    const waitMs = this.timeoutMs(machine) * LONGEST_WAIT + LOOK_MS + HANDLED_MS;
    const mayStand = node.storage === 'ok' && standingOf(node.membership, node) === 'member';
    if (!mayStand || machine.failover.priority === 0) heard.anythingMs = this.nowMs();
    if (node.roles.value.state.kind !== 'secondary' || !hasRunFor(machine, waitMs)) return;
    const silentMs = this.nowMs() - heard.anythingMs;
    if (silentMs <= waitMs) return;
    throw broken(`${machine.name} has heard nothing on a link for ${Math.round(silentMs)} ms, and still waits`);
  }

  private hearsMaster(machine: SimulatedNode): boolean {
    const { process, local } = machine;
    if (process === null || local === null) return false;
    const { master } = this.of(process);
    return master !== null && this.nowMs() - master.atMs < this.timeoutMs(machine);
  }

  /** Only what surely counts there: see `Secondaries.silentMs`. */
  private hearsMajority({ process }: SimulatedNode, { nodeId, membership }: LocalNode, withinMs: number): boolean {
    if (process === null) return false;
    const { followers } = this.of(process);
    const those = membership.members.filter((member) => {
      const { local, forgotten } = this.cluster.machine(member.nodeId);
      const isSound = local !== null && isSame(local, member) && !forgotten.has(member.incarnation);
      return isSound && member.nodeId !== nodeId && this.isWithin(followers.get(member.nodeId), withinMs);
    });
    return isMajority(those.length + 1, membership.members.length);
  }

  private isWithin(atMs: number | undefined, ms: number): boolean {
    return atMs !== undefined && this.nowMs() - atMs < ms;
  }

  private isAutomatic(machine: SimulatedNode, node: LocalNode): boolean {
    return isAutomatic(machine.failover, node.membership, machine.wallMs);
  }

  private timeoutMs(machine: SimulatedNode): number {
    return machine.failover.electionTimeoutMs;
  }

  private of(process: Process): Heard {
    const known = this.heard.get(process);
    if (known !== undefined) return known;
    const nowMs = this.nowMs();
    const [followers, others, polled] = [
      new Map<string, number>(),
      new Map<string, number>(),
      new Map<string, NodeStatus>(),
    ];
    const fresh: Heard = { state: null, master: null, anythingMs: nowMs, changedMs: nowMs, followers, others, polled };
    this.heard.set(process, fresh);
    return fresh;
  }
}

function acknowledgedEpoch(bytes: Buffer): number | null {
  if (bytes[0] !== FrameType.Ack) return null;
  const frame = decodeFrame(bytes);
  return frame.type === FrameType.Ack ? frame.epoch : null;
}

function broken(sentence: string): BrokenRule {
  return new BrokenRule('election', sentence);
}
