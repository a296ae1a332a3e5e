/** One run: three nodes, many writers, planned transfers, then promotions after a SIGKILL, and the judges at the end. */
import type { Violation } from '../checkers/history.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { unlessAborted } from '../support/interruption.js';
import { promote } from '../support/operator.js';
import { AFTERMATH_MS, figuresOf } from './figures.js';
import type { Change, ChangeFigures } from './figures.js';
import { FollowingWriters } from '../support/following-writers.js';
import { violationsOf } from '../support/under-writers.js';

export interface PausesPlan {
  /** Of each kind of change. */
  readonly rounds: number;
  readonly writers: number;
  readonly watch: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface PausesResult {
  readonly transfers: readonly ChangeFigures[];
  readonly promotions: readonly ChangeFigures[];
  readonly writes: number;
  readonly answers: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
}

/** As nodes come by default: how often they ping each other must not matter. */
const ENVIRONMENT = {
  HEALTHCHECK_DELAY: '2',
  HEALTHCHECK_TIMEOUT: '1',
  SEGMENT_BYTES: '64MiB',
  LOG_LEVEL: 'info',
  FAILOVER: 'manual',
};
/** Writes that a master takes before the next change, so that it is under load. */
const WRITES_BETWEEN = 2_000;
/** A secondary that is no further behind than this has caught up: the writers do not wait for it to have everything. */
const FIT_LAG = 1_000;
/** No figure of this run, only when it gives up: a shared machine may be slow. */
const WITHIN = { withinMs: 120_000 };
const SECONDARIES = 2;

export async function runPauses(plan: PausesPlan): Promise<PausesResult> {
  const cluster = await Cluster.prepare(ENVIRONMENT);
  for (let number = 1; number <= SECONDARIES; number++) await cluster.addSecondary();
  const run = new PausesRun(plan, cluster);
  try {
    return await unlessAborted(plan.signal, () => run.run());
  } finally {
    await cluster.end();
  }
}

class PausesRun {
  private readonly writers: FollowingWriters;
  private master: NodeProcess;

  constructor(
    private readonly plan: PausesPlan,
    private readonly cluster: Cluster,
  ) {
    this.master = cluster.master;
    this.writers = new FollowingWriters(cluster.nodes.map(({ url }) => url));
  }

  async run(): Promise<PausesResult> {
    const { writers, plan, cluster } = this;
    for (const node of cluster.nodes) node.start();
    await this.members();
    writers.start(plan.writers);
    const transfers: ChangeFigures[] = [];
    for (let round = 1; round <= plan.rounds; round++) {
      await this.whole();
      transfers.push(await this.measured(`transfer ${round}`));
    }
    const promotions: ChangeFigures[] = [];
    for (let round = 1; round <= plan.rounds; round++) {
      const killed = this.master;
      await this.whole();
      await killed.kill();
      promotions.push(await this.measured(`promotion ${round} after SIGKILL`));
      this.plan.signal.throwIfAborted();
      killed.start();
    }
    await writers.stop();
    const violations = await violationsOf(cluster, writers);
    return { transfers, promotions, writes: writers.writes.length, answers: writers.answers, violations };
  }

  private async measured(what: string): Promise<ChangeFigures> {
    const { successor } = this;
    const commandedMs = performance.now();
    const { status, body } = await promote(successor);
    const answeredMs = performance.now();
    if (status !== 200) throw new Error(`${what}: promotion of ${successor.nodeId} answered ${status}: ${body.detail}`);
    this.master = successor;
    const figures = await this.settled({ commandedMs, answeredMs, epoch: body.epoch });
    const { commandMs, firstWriteMs, pauseMs, slowestWriteMs } = figures;
    const times = [pauseMs, firstWriteMs, commandMs, slowestWriteMs].map((ms) => ms.toFixed(0).padStart(5));
    this.plan.watch(
      `${what.padEnd(28)} pause ${times[0]}, first write ${times[1]}, command ${times[2]}, slowest ${times[3]} ms`,
    );
    return figures;
  }

  private async settled(change: Change): Promise<ChangeFigures> {
    const { acknowledged } = this.writers;
    await eventually(
      'the aftermath is over',
      () => (acknowledged.at(-1)?.atMs ?? 0) > endOf(change, acknowledged),
      WITHIN,
    );
    return figuresOf(change, acknowledged);
  }

  /** Everybody is a member, healthy and caught up, and the master is busy. */
  private async whole(): Promise<void> {
    const { writers } = this;
    await this.members();
    const soFar = writers.acknowledged.length;
    await eventually('the writers are under way', () => writers.acknowledged.length > soFar + WRITES_BETWEEN, WITHIN);
  }

  private async members(): Promise<void> {
    await eventually(
      'all nodes are members',
      async () => {
        const members = await this.master.client.secondaries();
        const fit = members.filter(({ state, lag }) => state === 'HEALTHY' && lag !== null && lag.records < FIT_LAG);
        return fit.length === SECONDARIES;
      },
      WITHIN,
    );
  }

  private get successor(): NodeProcess {
    const { nodes } = this.cluster;
    return nodes[(nodes.indexOf(this.master) + 1) % nodes.length] as NodeProcess;
  }
}

function endOf({ answeredMs, epoch }: Change, acknowledged: FollowingWriters['acknowledged']): number {
  const first = acknowledged.find((each) => each.epoch >= epoch);
  return first === undefined ? Infinity : Math.max(answeredMs, first.atMs) + AFTERMATH_MS;
}
