/**
 * The stage of a story: a cluster of the production classes on one thread, with virtual clock, network and disks. Only
 * the faults of the story happen, so it runs the same way every time.
 */
import type { Random } from '@replog/contracts/ports.js';
import { NoAnswerError } from '../../simulation/cluster/calls.js';
import type { Caller } from '../../simulation/cluster/calls.js';
import type { Door } from '../../simulation/cluster/directory.js';
import { SimulatedCluster } from '../../simulation/cluster/simulated-cluster.js';
import type { SimulatedNode } from '../../simulation/cluster/simulated-node.js';
import { Scheduler } from '../../simulation/engine/scheduler.js';
import { Incarnations } from './incarnations.js';
import { Listener } from './listener.js';
import { Narrator } from './narrator.js';
import type { Happening } from './narrator.js';
import { Sentences } from './sentences.js';
import { SteadyRandom } from './steady-random.js';

/** All clients and operators, as the network knows them. */
export const CLIENTS = 'clients';
/** After an answer: what it set going comes to rest, and belongs to the command that asked. */
const SETTLE_MS = 60;
const PATIENCE_MS = 60_000;

export interface StageNodes {
  readonly nodes: number;
  readonly failover: 'auto' | 'manual';
  readonly priorities: readonly number[];
  /** The node with a DELAY, and so with PRIORITY 0. */
  readonly delayed: string | null;
}

const DELAY = { minMs: 200, maxMs: 200 };

export class Stage {
  readonly scheduler = new Scheduler();
  readonly narrator = new Narrator();
  readonly incarnations = new Incarnations();
  private built: SimulatedCluster | null = null;
  /** Rules that this story is about to break, in the open. */
  readonly mayBreak = new Set<string>();
  /** Told once each. */
  private readonly brokenInTheOpen = new Set<string>();
  /** Rules that were broken without the story having said so. */
  readonly broken: string[] = [];

  readonly tell = (happening: Happening): void => this.narrator.tell(happening);

  /** `priorities`: in the order of the nodes, the usual one where none is given. */
  build({ nodes, failover, priorities, delayed }: StageNodes): void {
    if (this.built !== null) throw new Error('the nodes of a story are given once');
    const { scheduler, tell, incarnations } = this;
    this.built = new SimulatedCluster({
      ...{ scheduler, nodes, failover, plant: null, chance: steady },
      peculiar: {
        priorities: new Map([
          ...priorities.map((priority, at) => [`n${at + 1}`, priority] as const),
          ...(delayed === null ? [] : [[delayed, 0] as const]),
        ]),
        delays: new Map(delayed === null ? [] : [[delayed, DELAY]]),
      },
      trace: new Sentences(() => scheduler.nowMs, tell),
      witness: new Listener(tell, incarnations),
    });
  }

  get cluster(): SimulatedCluster {
    if (this.built === null) throw new Error('a story begins with its nodes: `nodes 3`');
    return this.built;
  }

  get machines(): readonly SimulatedNode[] {
    return this.cluster.machines;
  }

  machine(name: string | undefined): SimulatedNode {
    if (name === undefined) throw new Error('a node has to be named');
    return this.cluster.machine(name);
  }

  get master(): SimulatedNode | null {
    return this.cluster.mastersInTerm[0] ?? null;
  }

  /** A caller's own half of a call over the simulated network. */
  caller(name: string): Caller {
    const { scheduler } = this;
    return { name, mayRepeat: false, run: (step) => step(), after: (ms, run) => scheduler.after(ms, run) };
  }

  ask<Answer>(
    target: SimulatedNode,
    timeoutMs: number,
    ask: (door: Door) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    return this.cluster.calls.call(this.caller(CLIENTS), target, timeoutMs, ask);
  }

  async run(ms: number): Promise<void> {
    let isOver = false;
    this.scheduler.after(ms, () => (isOver = true));
    await this.runUntil(() => isOver);
  }

  async runUntil(holds: () => boolean, what = 'what was waited for'): Promise<void> {
    const untilMs = this.scheduler.nowMs + PATIENCE_MS;
    while (!holds()) {
      if (!(await this.scheduler.step())) throw new Error('nothing is left to happen');
      if (this.scheduler.nowMs > untilMs) throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
    }
  }

  /** Runs until `work` is done and what it set going has come to rest. */
  async finish(work: Promise<void>): Promise<void> {
    const done = { isOver: false, failure: null as unknown };
    work.then(
      () => (done.isOver = true),
      (error: unknown) => Object.assign(done, { isOver: true, failure: error }),
    );
    await this.runUntil(() => done.isOver, 'an answer');
    if (done.failure !== null) throw done.failure as Error;
    await this.run(SETTLE_MS);
  }

  /** `work` goes on while later commands let time go by. */
  inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.broken.push(error instanceof Error ? error.message : String(error)));
  }

  /** Runs the checkers over all disks. A broken rule that the story allows is told and forgiven. */
  check(): void {
    const { cluster } = this;
    cluster.check();
    const { broken } = cluster;
    if (broken === null) return;
    cluster.broken = null;
    const { rule } = broken;
    const what = `${rule}: ${broken.message}`;
    if (!this.mayBreak.has(rule)) this.broken.push(what);
    else if (this.brokenInTheOpen.has(rule)) return;
    this.brokenInTheOpen.add(rule);
    this.tell({ by: 'broken rule', what });
  }
}

export function isNoAnswer(error: unknown): boolean {
  return error instanceof NoAnswerError;
}

/** Nodes are a little faster or slower, in the order of their names. */
function steady(part: string): Random {
  const number = Number(part.match(/^n(\d+)$/)?.[1] ?? 40);
  return new SteadyRandom(0.3 + number / 200);
}
