/**
 * After the faults a majority is healed first and must make progress. Then everything is healed, and all logs must
 * agree. The operator starts what is down. Where no master is elected without an operator, it starts one node as master.
 */
import type { Random } from '@replog/contracts/ports.js';
import { isAutomatic } from '@replog/core/election/failover.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import { incarnationOn, stateOn } from '../cluster/state-on-disk.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import { mayFoundAnew } from '../faults/ending.js';
import { pick } from '../faults/fault.js';
import { isMajorityEverywhere, possibleMemberships } from './standing.js';

const PROGRESS_WITHIN_MS = 60_000;
/** The same where nobody has to promote. */
const AUTOMATIC_PROGRESS_WITHIN_MS = 30_000;
/** What is under way when a majority is chosen has arrived. */
const ARRIVED_MS = 500;
/** One direction of one link of the majority stays broken. */
const BROKEN_WAY_CHANCE = 0.5;
const CONVERGED_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 10_000;
/** How long the operator waits for a master before making one. */
const PATIENCE_MS = 8_000;

export interface RecoveryScene {
  readonly cluster: SimulatedCluster;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly random: Random;
  /** Tries a majority write once, at one machine. */
  readonly probe: (machine: SimulatedNode) => Promise<boolean>;
  /** Runs events until `holds` or for `ms`; answers whether it came to hold. */
  readonly runUntil: (ms: number, holds: () => boolean) => Promise<boolean>;
}

export class Recovery {
  private healed: SimulatedNode[] = [];
  private operatedAtMs = 0;
  /** How often each was started as master. */
  private readonly tries = new Map<SimulatedNode, number>();

  constructor(private readonly scene: RecoveryScene) {}

  /** Answers false if no majority is left with the disks it joined with. Then nothing may go on, and nothing does. */
  async healMajority(): Promise<boolean> {
    const { cluster, trace } = this.scene;
    this.endFaults();
    // Who leaves has not left yet: which nodes are a majority afterwards nobody can say before.
    await this.scene.runUntil(STOPPED_WITHIN_MS, () => !cluster.machines.some(({ isStopping }) => isStopping));
    const majority = await this.cutOffTheRest();
    if (majority === null) return false;
    const isAutomatic = this.electsItself();
    const way = isAutomatic ? this.breakOneWay() : null;
    const names = this.healed.map(({ name }) => name).join(' ');
    const what = `${names} are a majority and can talk${way === null ? '' : `, but ${way}`}`;
    trace.add('phase', `${what}, and must make progress`);
    let hasProgressed = false;
    let isProbing = false;
    const withinMs = isAutomatic ? AUTOMATIC_PROGRESS_WITHIN_MS : PROGRESS_WITHIN_MS;
    const made = await this.scene.runUntil(withinMs, () => {
      this.operate();
      const [master] = cluster.mastersInTerm.filter((machine) => this.healed.includes(machine));
      if (master !== undefined && !isProbing) {
        isProbing = true;
        void this.scene.probe(master).then((isDone) => {
          hasProgressed ||= isDone;
          isProbing = false;
        });
      }
      return hasProgressed;
    });
    if (isAutomatic) cluster.count('majorities that made progress without an operator');
    if (way !== null) cluster.count('majorities that made progress with one direction of a link broken');
    if (made) return true;
    throw new BrokenRule('progress', `${what}: they took no majority write within ${withinMs / 1000} s`);
  }

  /** Answers the majority that is left to itself. A member that is admitted by what was under way may ask for another one. */
  private async cutOffTheRest(): Promise<SimulatedNode[] | null> {
    const { cluster } = this.scene;
    for (;;) {
      cluster.network.heal();
      const majority = this.someMajority();
      if (majority === null) return null;
      this.healed = majority;
      for (const one of majority) {
        for (const other of cluster.machines) {
          if (majority.includes(other)) continue;
          cluster.network.block(one.name, other.name);
          cluster.network.block(other.name, one.name);
        }
      }
      this.startWhatIsDown();
      await this.scene.runUntil(ARRIVED_MS, () => false);
      if (this.isMajority(majority)) return majority;
    }
  }

  /**
   * In words. Only where some member is left that may become master and can talk to a majority. With QUORUM_LOSS=accept a master
   * without a majority stays, and whoever hears it elects no other.
   */
  private breakOneWay(): string | null {
    const { cluster, random } = this.scene;
    if (cluster.climate.common.quorumLoss === 'accept') return null;
    const from = pick(random, this.healed);
    const to = pick(random, this.healed);
    if (random.next() >= BROKEN_WAY_CHANCE || from === null || to === null || from === to) return null;
    const isReachedBy = (machine: SimulatedNode): SimulatedNode[] =>
      this.healed.filter((other) => !(machine === from && other === to) && !(machine === to && other === from));
    const isLeft = this.healed.some(
      (machine) => machine.failover.priority > 0 && this.isMajority(isReachedBy(machine)),
    );
    if (!isLeft) return null;
    cluster.network.block(from.name, to.name);
    return `nothing gets from ${from.name} to ${to.name}`;
  }

  private isMajority(machines: readonly SimulatedNode[]): boolean {
    const { cluster } = this.scene;
    return isMajorityEverywhere(possibleMemberships(cluster), machines, (machine) => !cluster.isDamaged(machine));
  }

  /** Does some node that is healed become master without an operator? */
  private electsItself(): boolean {
    const { cluster } = this.scene;
    const memberships = possibleMemberships(cluster);
    return this.healed.some((machine) =>
      memberships.every((membership) => isAutomatic(machine.failover, membership, machine.wallMs)),
    );
  }

  async healAll(): Promise<void> {
    const { cluster, trace } = this.scene;
    trace.add('phase', 'everything is healed and must agree');
    cluster.network.heal();
    this.healed = [...cluster.machines];
    this.startWhatIsDown();
    await this.converge();
  }

  /** Resolves when all have one log and know that it is committed. */
  async converge(): Promise<void> {
    const agreed = await this.scene.runUntil(CONVERGED_WITHIN_MS, () => {
      this.operate();
      return this.disagreement() === null;
    });
    if (!agreed) throw new BrokenRule('convergence', this.disagreement() ?? 'all agree, but too late');
  }

  private endFaults(): void {
    const { cluster } = this.scene;
    cluster.copies.end();
    cluster.network.heal();
    cluster.network.calm();
    for (const { disk, process } of cluster.machines) {
      disk.slownessMs = 0.4;
      disk.failsNext = false;
      disk.lack = null;
      disk.release();
      disk.files.capacityBytes = null;
      process?.thaw();
    }
  }

  /** A smallest majority: leaves out every machine that it can. */
  private someMajority(): SimulatedNode[] | null {
    const { cluster, random } = this.scene;
    const memberships = possibleMemberships(cluster);
    const isSound = (machine: SimulatedNode): boolean => !cluster.isDamaged(machine);
    let chosen = [...cluster.machines];
    // If no disk names members yet, there is no cluster and no majority.
    if (memberships.length === 0 || !isMajorityEverywhere(memberships, chosen, isSound)) return null;
    const order = [...cluster.machines].sort(() => random.next() - 0.5);
    for (const machine of order) {
      const rest = chosen.filter((other) => other !== machine);
      if (isMajorityEverywhere(memberships, rest, isSound)) chosen = rest;
    }
    return chosen;
  }

  private startWhatIsDown(): void {
    for (const machine of this.healed) if (!machine.isUp) this.scene.cluster.start(machine, 'secondary');
  }

  /** From time to time: are all nodes up, and is there a master? */
  operate(): void {
    const { cluster, scheduler } = this.scene;
    if (scheduler.nowMs - this.operatedAtMs < PATIENCE_MS) return;
    this.operatedAtMs = scheduler.nowMs;
    this.startWhatIsDown();
    for (const machine of this.healed) {
      if (this.isTakenOut(machine)) this.startAnew(machine);
      else if (this.isLeftInSecondCluster(machine)) this.startEmpty(machine);
      else if (cluster.isDamaged(machine) && machine.role === 'master') {
        cluster.end(machine, 'kill');
        cluster.start(machine, 'secondary');
      }
    }
    if (this.electsItself() || cluster.mastersInTerm.some((machine) => this.healed.includes(machine))) return;
    const able = this.healed.filter((machine) => !cluster.isDamaged(machine) && !mayFoundAnew(this.scene, machine));
    const chosen = this.nextToTry(able);
    if (chosen === null) return;
    cluster.end(chosen, 'kill');
    cluster.start(chosen, 'master');
  }

  /**
   * One after the other, because maybe only one of them can win. A node that joined anew is a member only by a newer
   * record, and nodes without that record do not count it.
   */
  private nextToTry(able: readonly SimulatedNode[]): SimulatedNode | null {
    const fewest = Math.min(...able.map((machine) => this.tries.get(machine) ?? 0));
    const least = able.filter((machine) => (this.tries.get(machine) ?? 0) === fewest);
    const chosen = pick(this.scene.random, least);
    if (chosen !== null) this.tries.set(chosen, fewest + 1);
    return chosen;
  }

  private isTakenOut(machine: SimulatedNode): boolean {
    const incarnation = incarnationOn(machine);
    const [committed] = possibleMemberships(this.scene.cluster);
    return committed?.removed.some((removed) => removed.incarnation === incarnation) ?? false;
  }

  private startAnew(machine: SimulatedNode): void {
    this.scene.cluster.end(machine, 'kill');
    this.scene.cluster.start(machine, 'secondary');
  }

  /**
   * It follows no claim: it is listed nowhere, it is not the master of what it has founded, or others have joined it. Where a
   * repair has taken its log, nobody knows any more what was in it, and it gives up nothing by itself.
   */
  private isLeftInSecondCluster(machine: SimulatedNode): boolean {
    const { cluster } = this.scene;
    if (cluster.logOf(machine).lastIndex === 0) {
      return !machine.holdsTerm && cluster.ledger.isOtherCluster(stateOn(machine)?.clusterId ?? null);
    }
    if (!cluster.isStray(machine)) return false;
    const members = cluster.mastersInTerm[0]?.local?.membership.members ?? [];
    const isAlone = machine.local?.membership.members.length === 1;
    return !machine.holdsTerm || !isAlone || !members.some(({ nodeId }) => nodeId === machine.name);
  }

  /** As the refusal of its registration says. */
  private startEmpty(machine: SimulatedNode): void {
    const { cluster } = this.scene;
    cluster.count('second clusters ended by the operator');
    cluster.end(machine, 'wipe');
    cluster.start(machine, 'secondary');
  }

  private disagreement(): string | null {
    const { cluster } = this.scene;
    const { machines } = cluster;
    const ends = machines.map((machine) => cluster.logOf(machine).all.at(-1));
    const [first] = ends;
    const [master] = cluster.mastersInTerm;
    if (master === undefined) return 'there is no master';
    const place = ends.findIndex((end) => end === undefined || end.chain !== first?.chain);
    if (first === undefined || place >= 0) {
      const standing = machines.map(({ name }, at) => `${name} ${ends[at]?.index ?? 0}`).join(', ');
      return `the logs do not become one: they end at ${standing}`;
    }
    const behind = machines.find(({ local }) => local === null || local.committed < first.index);
    if (behind !== undefined) return `${behind.name} does not know that ${first.index} is committed`;
    const damaged = machines.find((machine) => cluster.isDamaged(machine));
    if (damaged !== undefined) return `the damage in the log of ${damaged.name} is not repaired`;
    const members = master.local?.membership.members.length ?? 0;
    return members === machines.length ? null : `only ${members} of ${machines.length} machines are members`;
  }
}
