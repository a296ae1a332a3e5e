/** One run from one seed: faults first, then a majority is healed, then everything. Checks run throughout. */
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { BrokenRule } from '../checkers/records/broken-rule.js';
import { SimulatedCluster } from './cluster/simulated-cluster.js';
import type { SimulatedNode } from './cluster/simulated-node.js';
import { Scheduler } from './engine/scheduler.js';
import { Trace } from './engine/trace.js';
import type { Strike } from './faults/misfortune.js';
import { Clients } from './load/clients.js';
import { Disaster } from './phases/disaster.js';
import { sufferFaults } from './phases/faults.js';
import { OrphanPhase } from './phases/orphans.js';
import { Recovery } from './phases/recovery.js';
import type { Plant } from './plants/plant.js';
import { checkFinalLogs } from './phases/final-logs.js';
import { checkStory } from './phases/history.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Events of the phase with faults. The two phases after it take as many as they need. */
  readonly steps: number;
  /** Ends with the phase of faults. */
  readonly isFaultsOnly?: boolean;
  /** Names of faults that are left out. */
  readonly without?: readonly string[];
  /** Numbers of the only strikes that happen; all if not given. */
  readonly only?: readonly number[] | null;
  readonly plant?: Plant | null;
  /** Gets every line of the trace. */
  readonly watch?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly hash: string;
  /** The rule that was broken first; `null` in a good run. */
  readonly broken: BrokenRule | null;
  readonly lastLines: readonly string[];
  /** The faults that happened, in order. */
  readonly strikes: readonly Strike[];
  readonly counts: ReadonlyMap<string, number>;
}

const AUTOMATIC_CHANCE = 0.8;
const DISASTER_CHANCE = 0.25;
const MORE_FAULTS_CHANCE = 0.5;
/** The events of the first phase of faults. */
const SHARE_OF_MORE_FAULTS = 0.5;
/** More strikes than any first phase of faults has. */
const STRIKES_AGAIN = 1_000_000;
/** Events between two looks at all logs. */
const CHECK_EVERY = 64;

export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const run = new Run(options);
  await run.all().catch((error: unknown) => {
    if (!(error instanceof BrokenRule)) throw error;
    run.cluster.broken ??= error;
  });
  return run.result();
}

class Run {
  readonly scheduler = new Scheduler();
  readonly trace: Trace;
  readonly cluster: SimulatedCluster;
  private clients: Clients;
  private readonly recovery: Recovery;
  private lastLines: readonly string[] = [];
  private readonly strikes: Strike[] = [];
  /** A stream of chance for each part of the run. */
  private readonly chance = (part: string): SeededRandom => new SeededRandom(seedOf(this.options.seed, part));

  constructor(private readonly options: SimulationOptions) {
    const { scheduler, chance } = this;
    const { nodes, plant = null, watch = null } = options;
    this.trace = new Trace(() => scheduler.nowMs, watch);
    const isAuto = plant === null ? chance('failover').next() < AUTOMATIC_CHANCE : plant.failover === 'auto';
    const failover = isAuto ? 'auto' : 'manual';
    this.cluster = new SimulatedCluster({ scheduler, trace: this.trace, nodes, plant, failover, chance });
    this.clients = new Clients(this.cluster, scheduler, this.trace, chance('clients'));
    this.recovery = new Recovery({
      ...{ cluster: this.cluster, scheduler, trace: this.trace, random: chance('operator') },
      probe: (machine) => this.probe(machine),
      runUntil: (ms, holds) => this.runUntil(ms, holds),
    });
  }

  async all(): Promise<void> {
    const { cluster } = this;
    cluster.start(cluster.machine('n1'), 'master');
    for (const machine of cluster.machines.slice(1)) cluster.start(machine, 'secondary');
    await this.faults(0, this.options.steps);
    if (this.options.isFaultsOnly === true) return cluster.check();
    if (!(await this.heal())) return;
    if ((await this.maybeDisaster()) && !(await this.maybeMoreFaults())) return;
    const orphans = new OrphanPhase({
      cluster,
      clients: this.clients,
      runUntil: (ms, holds) => this.runUntil(ms, holds),
    });
    await orphans.appendAllTwice();
    await this.recovery.converge();
    cluster.check();
    checkFinalLogs(cluster);
    orphans.checkKept();
  }

  result(): SimulationResult {
    const { scheduler, cluster, trace } = this;
    return {
      seed: this.options.seed,
      steps: scheduler.steps,
      simulatedMs: scheduler.nowMs,
      broken: cluster.broken,
      lastLines: this.lastLines.length > 0 ? this.lastLines : trace.last(60),
      strikes: this.strikes,
      counts: cluster.counts,
      hash: trace.hash(),
    };
  }

  /** `after`: the numbers of the strikes begin there. */
  private faults(after: number, steps: number): Promise<void> {
    const { cluster, scheduler, trace, clients, chance } = this;
    const { without = [], only = null, plant = null } = this.options;
    const struck = (strike: Strike): unknown => this.strikes.push(strike);
    const runUntil = (holds: () => boolean): Promise<unknown> => this.runUntil(Number.POSITIVE_INFINITY, holds, 1);
    const story = plant?.story ?? null;
    const setting = { cluster, scheduler, trace, clients, chance, without, only, after, story, struck, runUntil };
    return sufferFaults(setting, steps);
  }

  /**
   * Heals a majority first, then everything, and then checks the result against what clients were told. Answers false
   * if the run cannot go on.
   */
  private async heal(): Promise<boolean> {
    const { cluster } = this;
    const isMajorityLeft = await this.recovery.healMajority();
    this.clients.isOver = true;
    if (!isMajorityLeft) {
      cluster.count('runs that ended without a majority of disks');
      return false;
    }
    await this.recovery.healAll();
    // Clients were told about the log as it is now. Force, and orphans appended again, move messages.
    checkFinalLogs(cluster);
    checkStory(cluster, this.clients.story);
    return true;
  }

  /** Only in some runs: records lost by force weaken what the other checks can show. */
  private async maybeDisaster(): Promise<boolean> {
    const random = this.chance('disaster');
    if (random.next() >= DISASTER_CHANCE) return false;
    const { cluster, trace } = this;
    const runUntil = (ms: number, holds: () => boolean): Promise<boolean> => this.runUntil(ms, holds);
    const probe = (machine: SimulatedNode): Promise<boolean> => this.probe(machine);
    const operate = (): void => this.recovery.operate();
    await new Disaster({ cluster, trace, random, probe, runUntil, operate }).happen();
    await this.recovery.converge();
    return true;
  }

  /** A second phase of faults after the disaster, with new clients. Answers false if the run cannot go on. */
  private async maybeMoreFaults(): Promise<boolean> {
    const { cluster, scheduler, trace, options, chance } = this;
    if (chance('more faults').next() >= MORE_FAULTS_CHANCE) return true;
    trace.add('phase', 'faults again');
    cluster.count('phases of faults after a disaster');
    this.clients = new Clients(cluster, scheduler, trace, chance('clients again'), this.clients.story.afterForce());
    await this.faults(STRIKES_AGAIN, Math.ceil(options.steps * SHARE_OF_MORE_FAULTS));
    return this.heal();
  }

  private async probe(machine: SimulatedNode): Promise<boolean> {
    const text = this.clients.nextText('probe');
    this.clients.story.begin([text], [null]);
    const message = { key: null, payload: Buffer.from(text) };
    try {
      const options = { concern: 'majority' as const, timeoutMs: 2_000 };
      const receipt = await this.clients.ask(machine, 2_500, async (door) => {
        const master = await door.masterForWrite();
        return master.term.writes.appends.append(message, options);
      });
      this.cluster.kept.acknowledged(text, machine.name);
      return receipt.outcome === 'satisfied';
    } catch {
      return false;
    }
  }

  /** Runs until `holds` or for `ms` of virtual time; ends at the first broken rule. */
  private async runUntil(ms: number, holds: () => boolean, askEvery = CHECK_EVERY): Promise<boolean> {
    const { scheduler, cluster } = this;
    const untilMs = scheduler.nowMs + ms;
    for (let step = 1; scheduler.nowMs < untilMs; step++) {
      if (!(await scheduler.step())) throw new Error('nothing is left to happen');
      if (step % CHECK_EVERY === 0) cluster.check();
      if (cluster.broken !== null) {
        this.lastLines = this.trace.last(60);
        throw cluster.broken;
      }
      if (step % askEvery === 0 && holds()) return true;
    }
    return false;
  }
}

function seedOf(seed: number, part: string): number {
  let mixed = seed >>> 0;
  for (const letter of part) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x9e3779b1) >>> 0;
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
