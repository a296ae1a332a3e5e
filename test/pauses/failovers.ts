/**
 * The master is killed under writers, and nobody does anything: how long until another one acknowledges? Then a rolling
 * restart: every node is stopped in order and started again, the master last.
 */
import type { Violation } from '../checkers/history.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { FollowingWriters } from '../support/following-writers.js';
import { unlessAborted } from '../support/interruption.js';
import type { Environment, NodeProcess } from '../support/node-process.js';
import { violationsOf } from '../support/under-writers.js';

export interface FailoverPlan {
  readonly rounds: number;
  readonly writers: number;
  /** ELECTION_TIMEOUT in seconds. */
  readonly electionTimeout: number;
  readonly watch: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface FailoverResult {
  /** From each kill to the first write that another master acknowledged, in milliseconds. */
  readonly failoversMs: readonly number[];
  readonly restart: RollingRestart;
  readonly writes: number;
  readonly violations: readonly Violation[];
}

export interface RollingRestart {
  /** Answers that were no receipt, apart from connections that a stopped node refused. */
  readonly refused: readonly string[];
  readonly slowestWriteMs: number;
}

const SECONDARIES = 2;
/** Gives up, and measures nothing. */
const WITHIN = { withinMs: 180_000 };
const WRITES_BETWEEN = 1_000;
/** A node that is down, or has just ended, cuts and refuses connections: a client goes to the next node. */
const OF_A_NODE_THAT_ENDS = /^(ECONNREFUSED|ECONNRESET|EPIPE|socket hang up)$/;

export async function runFailovers(plan: FailoverPlan): Promise<FailoverResult> {
  const cluster = await Cluster.prepare(environmentOf(plan.electionTimeout));
  for (let number = 1; number <= SECONDARIES; number++) await cluster.addSecondary();
  const run = new FailoverRun(plan, cluster);
  try {
    return await unlessAborted(plan.signal, () => run.run());
  } finally {
    await cluster.end();
  }
}

/** As nodes come by default, but for the timeout, with which heartbeats have to fit. */
function environmentOf(electionTimeout: number): Environment {
  return {
    HEALTHCHECK_DELAY: '2',
    HEALTHCHECK_TIMEOUT: '1',
    SEGMENT_BYTES: '64MiB',
    LOG_LEVEL: 'info',
    ELECTION_TIMEOUT: String(electionTimeout),
    HEARTBEAT: String(Math.min(0.5, electionTimeout / 5)),
  };
}

class FailoverRun {
  private readonly writers: FollowingWriters;

  constructor(
    private readonly plan: FailoverPlan,
    private readonly cluster: Cluster,
  ) {
    this.writers = new FollowingWriters(cluster.nodes.map(({ url }) => url));
  }

  async run(): Promise<FailoverResult> {
    const { writers, plan, cluster } = this;
    for (const node of cluster.nodes) node.start();
    await this.whole();
    writers.start(plan.writers);
    const failoversMs: number[] = [];
    for (let round = 1; round <= plan.rounds; round++) {
      await this.busy();
      const tookMs = await this.failover();
      failoversMs.push(tookMs);
      plan.watch(
        `failover ${round}, ELECTION_TIMEOUT=${plan.electionTimeout}: first write after ${tookMs.toFixed(0)} ms`,
      );
      plan.signal.throwIfAborted();
    }
    await this.busy();
    const restart = await this.rollingRestart();
    await this.busy();
    await writers.stop();
    return {
      failoversMs,
      restart,
      writes: writers.writes.length,
      violations: await violationsOf(cluster, writers),
    };
  }

  private async failover(): Promise<number> {
    const { writers } = this;
    const master = await this.master();
    const { epoch } = await master.client.cluster();
    const killedMs = performance.now();
    await master.kill();
    const found = (): number | undefined => writers.acknowledged.find((each) => each.epoch > epoch)?.atMs;
    await eventually('another master acknowledges', () => found() !== undefined, WITHIN);
    master.start();
    return (found() as number) - killedMs;
  }

  private async rollingRestart(): Promise<RollingRestart> {
    const { writers, cluster, plan } = this;
    const [refusedBefore, acknowledgedBefore] = [writers.refused.length, writers.acknowledged.length];
    const master = await this.master();
    for (const node of [...cluster.nodes.filter((one) => one !== master), master]) {
      await node.stop();
      node.start();
      await this.busy();
    }
    const refused = writers.refused.slice(refusedBefore).map(({ answer }) => answer);
    const times = writers.acknowledged.slice(acknowledgedBefore).map(({ tookMs }) => tookMs);
    const restart = {
      refused: refused.filter((answer) => !OF_A_NODE_THAT_ENDS.test(answer)),
      slowestWriteMs: times.reduce((slowest, ms) => Math.max(slowest, ms), 0),
    };
    plan.watch(
      `rolling restart: ${restart.refused.length} refused, the slowest write took ${restart.slowestWriteMs.toFixed(0)} ms`,
    );
    return restart;
  }

  /** Everybody is a healthy member, and the master has taken many writes since. */
  private async busy(): Promise<void> {
    const { acknowledged } = this.writers;
    await this.whole();
    const soFar = acknowledged.length;
    await eventually('the writers are under way', () => acknowledged.length > soFar + WRITES_BETWEEN, WITHIN);
  }

  private async whole(): Promise<void> {
    await eventually(
      'all nodes are healthy members',
      async () => {
        const members = await (await this.master()).client.secondaries();
        return members.filter(({ state }) => state === 'HEALTHY').length === SECONDARIES;
      },
      WITHIN,
    );
  }

  private async master(): Promise<NodeProcess> {
    let found: NodeProcess | undefined;
    await eventually(
      'a node is master',
      async () => {
        const { nodes } = this.cluster;
        const roles = await Promise.all(nodes.map((node) => roleOf(node)));
        found = nodes[roles.indexOf('master')];
        return found !== undefined;
      },
      WITHIN,
    );
    return found as NodeProcess;
  }
}

async function roleOf({ client }: NodeProcess): Promise<string | null> {
  try {
    const response = await fetch(`${client.url}/healthcheck/master`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? 'master' : 'secondary';
  } catch {
    return null;
  }
}
