/**
 * One run: a master and a secondary as real processes, an honest client on each, and inputs drawn from the seed, some at a
 * time, to both. What the nodes held before is measured when every kind of input has come once: by then their code is compiled
 * and their buffers have their size.
 */
import { resolve } from 'node:path';
import { seededChance } from '@replog/log-store/testing/seeded-chance.js';
import { SystemClock } from '@replog/runtime/clock/system-clock.js';
import { deriveClusterKey } from '@replog/runtime/config/secrets.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import type { NodeLog } from '../checkers/history.js';
import { CLUSTER_SECRET, Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { unlessAborted } from '../support/interruption.js';
import type { NodeProcess } from '../support/node-process.js';
import { Attack } from './attack.js';
import type { Input } from './attack.js';
import { HonestClient } from './honest-client.js';
import { INPUTS } from './inputs/all-inputs.js';
import { differences, fateOf, faultOfAnswer, Fates } from './judge.js';
import { heldAtRest, isBackAt } from './resources.js';
import type { Held } from './resources.js';

const ENVIRONMENT = {
  MAX_MESSAGE_BYTES: '256KiB',
  HEALTHCHECK_TIMEOUT: '2',
  WRITE_CONCERN_TIMEOUT: '1',
  // Connections that nodes keep to one another for what they pass on end by it, too.
  KEEP_ALIVE_TIMEOUT: '1',
  HEADERS_TIMEOUT: '1',
  REQUEST_TIMEOUT: '2',
  NODE_OPTIONS: `--require ${resolve('test/hostile/collect-garbage.cjs')}`,
};
/** Inputs at a time. */
const LANES = 12;
/** An input that is held leaves when so many others have come. */
const HELD = 24;

export interface HostilePlan {
  readonly seed: number;
  readonly inputs: number;
  /** Only inputs of this kind; without it, of every kind. */
  readonly only?: string;
  readonly signal?: AbortSignal;
  readonly watch?: (line: string) => void;
}

export interface HostileResult {
  readonly inputs: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly honest: { readonly answered: number; readonly longestMs: number };
  readonly held: readonly { readonly nodeId: string; readonly before: Held; readonly after: Held }[];
  readonly faults: readonly string[];
  readonly seconds: number;
}

export async function runHostile(plan: HostilePlan): Promise<HostileResult> {
  const cluster = await Cluster.start(1, ENVIRONMENT);
  try {
    return await unlessAborted(plan.signal, () => new HostileRun(plan, cluster).run());
  } finally {
    await cluster.end();
  }
}

class HostileRun {
  private readonly startedMs = performance.now();
  private readonly chance: () => number;
  private readonly fates = new Fates();
  private readonly faults: string[] = [];
  private readonly counts: Record<string, number> = {};
  private readonly answers: Record<string, number> = {};
  private readonly held: Attack[] = [];
  private readonly pids: readonly number[];
  private connections = 0;
  private begun = 0;
  private clusterId = '';

  constructor(
    private readonly plan: HostilePlan,
    private readonly cluster: Cluster,
  ) {
    this.chance = seededChance(plan.seed);
    this.pids = cluster.nodes.map(({ pid }) => pid);
  }

  async run(): Promise<HostileResult> {
    const { cluster, plan } = this;
    const { nodes } = cluster;
    this.clusterId = (await cluster.master.client.cluster()).clusterId ?? '';
    await this.perform(Object.keys(INPUTS));
    const before = await Promise.all(nodes.map(heldAtRest));
    const honest = nodes.map((node) => new HonestClient(node, this.fates));
    for (const client of honest) client.start();
    const kinds = plan.only === undefined ? Object.keys(INPUTS) : [plan.only];
    await this.perform(
      Array.from({ length: plan.inputs }, () => kinds[Math.floor(this.chance() * kinds.length)] as string),
    );
    await Promise.all(honest.map((client) => client.stop()));
    this.faults.push(...honest.flatMap(({ faults }) => faults), ...this.deaths());
    const held: HostileResult['held'][number][] = [];
    if (this.deaths().length === 0) {
      for (const [place, node] of nodes.entries()) {
        const { held: after, faults } = await isBackAt(before[place] as Held, node);
        held.push({ nodeId: node.nodeId, before: before[place] as Held, after });
        this.faults.push(...faults);
      }
      await this.judgeLogs();
    }
    return {
      inputs: this.counts,
      connections: this.connections,
      answers: this.answers,
      acknowledged: this.fates.acknowledged,
      honest: {
        answered: honest.reduce((sum, { answered }) => sum + answered, 0),
        longestMs: Math.max(...honest.map(({ longestMs }) => longestMs)),
      },
      held,
      faults: this.faults,
      seconds: (performance.now() - this.startedMs) / 1000,
    };
  }

  /** Some at a time; when it resolves no connection is open. */
  private async perform(kinds: readonly string[]): Promise<void> {
    const waiting = kinds[Symbol.iterator]();
    const lane = async (): Promise<void> => {
      for (const kind of waiting) {
        if (this.plan.signal?.aborted === true || this.deaths().length > 0) return;
        await this.attack(kind);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    while (this.held.length > 0) this.release();
  }

  private async attack(kind: string): Promise<void> {
    const number = ++this.begun;
    const nodes = this.cluster.nodes;
    // Of its own seed: what it does is the same, whatever others draw at that time.
    const chance = seededChance(this.plan.seed * 100_003 + number);
    const node = nodes[Math.floor(chance() * nodes.length)] as NodeProcess;
    const target = {
      nodeId: node.nodeId,
      port: node.port,
      serviceToken: await stranger.issue(),
      clusterId: this.clusterId,
    };
    const attack = new Attack(`${kind} ${number}`, target, chance);
    await (INPUTS[kind] as Input)(attack);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.held.push(attack);
    if (!attack.isHeld) this.release(attack);
    else if (this.held.length > HELD) this.release();
    if (number % 100 === 0) this.plan.watch?.(`${number} inputs, ${this.faults.length} faults`);
  }

  /** It leaves, and what it was told counts. */
  private release(attack = this.held[0] as Attack): void {
    this.held.splice(this.held.indexOf(attack), 1);
    attack.leaveAll();
    this.connections += attack.connections.length;
    for (const message of attack.forbidden) this.fates.add(message, 'forbidden', attack.name);
    for (const connection of attack.connections) {
      const { answers, requests } = connection;
      for (const [place, messages] of requests.entries()) {
        for (const message of messages) this.fates.add(message, fateOf(answers[place]), attack.name);
      }
      for (const [place, answer] of answers.entries()) {
        this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
        this.blame(attack, faultOfAnswer(answer));
        if (place >= requests.length && answer.status < 400) this.blame(attack, `a ${answer.status} to no request`);
      }
      this.blame(attack, connection.fault);
    }
  }

  private blame({ name, target }: Attack, fault: string | null): void {
    if (fault !== null) this.faults.push(`${name}, at ${target.nodeId}: ${fault}`);
  }

  /** A node that ended, or another process in its place. */
  private deaths(): string[] {
    return this.cluster.nodes.flatMap((node, place) =>
      node.isRunning && node.pid === this.pids[place] ? [] : [`${node.nodeId} has ended: ${node.output.slice(-2_000)}`],
    );
  }

  private async judgeLogs(): Promise<void> {
    const { cluster } = this;
    await cluster.allMembers();
    await eventually('the secondary has what the master has', async () => {
      const ends = await Promise.all(cluster.nodes.map(({ client }) => client.cluster()));
      return ends.every(({ lastIndex }) => lastIndex === ends[0]?.lastIndex);
    });
    const logs: NodeLog[] = [];
    for (const { nodeId, client } of cluster.nodes) logs.push({ nodeId, messages: await client.messages() });
    this.faults.push(...differences(logs), ...logs.flatMap((log) => this.fates.faultsIn(log)));
  }
}

/** Tokens of a node with the secret of the cluster that is no member of it. */
const stranger = new ServiceTokens(
  { nodeId: 'stranger', clusterKey: deriveClusterKey(CLUSTER_SECRET) },
  new SystemClock(),
);
