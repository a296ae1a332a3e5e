/**
 * A cluster of processes under programs that use the client, while nodes are killed, frozen and parted. Each node is reached,
 * by programs and by the other nodes, through a wire of its own: to part a node is to let what it answers vanish.
 */
import { connect } from '@replog/client';
import type { Log, Message } from '@replog/client';
import { API_KEY, Cluster } from './cluster.js';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { promote } from './operator.js';
import { TcpProxy } from './tcp-proxy.js';

const WRITERS = 4;
const LINES_OF_A_BATCH = 20;
/** The faults take less than that, so nobody gives up. */
const PATIENCE_MS = 240_000;
/** How long a node is frozen or parted: long enough to be noticed. */
const FAULT_MS = 1_500;
/** Appended between two faults, so that each fault meets a cluster that works. */
const BETWEEN_FAULTS = 40;
const HEALED = { withinMs: 90_000 };

export interface Seen {
  /** Messages that a call said were in the log, with the concern met. */
  readonly acknowledged: readonly string[];
  /** What each tail gave, in its order. */
  readonly tails: readonly (readonly Message<string>[])[];
  /** What every node holds in the end. */
  readonly log: readonly Message<string>[];
  readonly faults: number;
}

export class ClientUnderFaults {
  private readonly acknowledged: string[] = [];
  private readonly tails: Message<string>[][] = [];
  private readonly proxies = new Map<NodeProcess, TcpProxy>();
  private readonly stopTails = new AbortController();
  private isStopping = false;
  private faults = 0;

  private constructor(private readonly cluster: Cluster) {}

  static async start(): Promise<ClientUnderFaults> {
    const cluster = await Cluster.prepare();
    const under = new ClientUnderFaults(cluster);
    try {
      for (let number = 1; number <= 2; number++) await cluster.addSecondary();
      for (const node of cluster.nodes) {
        under.proxies.set(node, await TcpProxy.to(node.port));
        under.startNode(node);
      }
      await cluster.ready(cluster.master);
      await cluster.allMembers();
      return under;
    } catch (error) {
      await under.end();
      throw error;
    }
  }

  /** Goes on with faults for so long, heals everything, and says what was seen. */
  async run(faultsMs: number): Promise<Seen> {
    const tailing = this.cluster.nodes.map((_, number) => this.follow(number));
    const writing = [...Array.from({ length: WRITERS }, (_, writer) => this.write(writer)), this.writeBatches()];
    const ended = Promise.all(writing);
    await Promise.race([this.letLoose(faultsMs), ended]);
    this.isStopping = true;
    await ended;
    const log = (await this.healed()) as readonly Message<string>[];
    await eventually('every tail has everything', () => this.tails.every(({ length }) => length >= log.length), HEALED);
    this.stopTails.abort();
    await Promise.all(tailing);
    return { acknowledged: this.acknowledged, tails: this.tails, log, faults: this.faults };
  }

  async end(): Promise<void> {
    this.isStopping = true;
    this.stopTails.abort();
    await this.cluster.end();
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
  }

  /** Its own view of the cluster: one begins at this node, another one at that. */
  private connected(first: number): Log {
    const urls = this.cluster.nodes.map((node) => this.proxyOf(node).url);
    return connect({ nodes: [...urls.slice(first), ...urls.slice(0, first)], key: API_KEY, patience: PATIENCE_MS });
  }

  private async write(writer: number): Promise<void> {
    const log = this.connected(writer % this.cluster.nodes.length);
    for (let number = 1; !this.isStopping; number++) {
      const message = `writer ${writer}, message ${number}`;
      const { outcome } = await log.append(message, { concern: 'majority', timeout: PATIENCE_MS });
      if (outcome === 'satisfied') this.acknowledged.push(message);
    }
  }

  private async writeBatches(): Promise<void> {
    const log = this.connected(0);
    for (let batch = 1; !this.isStopping; batch++) {
      const messages = Array.from({ length: LINES_OF_A_BATCH }, (_, line) => `batch ${batch}, line ${line}`);
      const { last } = await log.appendMany(messages, { concern: 'majority', timeout: PATIENCE_MS, maxBytes: 1_000 });
      if (last?.outcome === 'satisfied') this.acknowledged.push(...messages);
    }
  }

  private async follow(first: number): Promise<void> {
    const got: Message<string>[] = [];
    this.tails.push(got);
    const { signal } = this.stopTails;
    try {
      for await (const message of this.connected(first).tail<string>({ signal })) got.push(message);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async letLoose(faultsMs: number): Promise<void> {
    const endMs = performance.now() + faultsMs;
    const faults = [this.killTheMaster, this.freeze, this.part, this.kill];
    while (performance.now() < endMs && !this.isStopping) {
      const fault = faults[this.faults % faults.length] as (node: NodeProcess) => Promise<void>;
      const target = this.cluster.nodes[Math.floor(this.faults / faults.length + 1) % this.cluster.nodes.length];
      await fault.call(this, target as NodeProcess);
      this.faults += 1;
      const enough = this.acknowledged.length + BETWEEN_FAULTS;
      await eventually('appends go on', () => this.isStopping || this.acknowledged.length >= enough, HEALED);
    }
  }

  private async kill(node: NodeProcess): Promise<void> {
    if ((await this.masterNow()) === node) return this.killTheMaster();
    await node.kill();
    await lasting(FAULT_MS);
    this.startNode(node);
  }

  private async killTheMaster(): Promise<void> {
    const master = await eventually('there is a master', () => this.masterNow(), HEALED);
    await master.kill();
    const others = this.cluster.nodes.filter((node) => node !== master);
    // An operator tries one and then the other, until one has won.
    await eventually(
      'another node is master',
      async () => {
        for (const node of others) if ((await promote(node).catch(() => null))?.status === 200) return true;
        return false;
      },
      HEALED,
    );
    this.startNode(master);
  }

  private async freeze(node: NodeProcess): Promise<void> {
    node.signal('SIGSTOP');
    await lasting(FAULT_MS);
    node.signal('SIGCONT');
  }

  private async part(node: NodeProcess): Promise<void> {
    const proxy = this.proxyOf(node);
    proxy.swallowAnswers();
    await lasting(FAULT_MS);
    proxy.cut();
  }

  private async masterNow(): Promise<NodeProcess | null> {
    for (const node of this.cluster.nodes) {
      const view = node.isRunning ? await node.client.cluster().catch(() => null) : null;
      if (view?.role === 'master') return node;
    }
    return null;
  }

  private async healed(): Promise<readonly unknown[]> {
    return eventually(
      'all nodes hold the same messages',
      async () => {
        const lists = await Promise.all(this.cluster.nodes.map(({ client }) => client.messages()));
        const [first, ...others] = lists.map((list) => JSON.stringify(list));
        return others.every((text) => text === first) ? lists[0] : undefined;
      },
      { ...HEALED, everyMs: 200 },
    );
  }

  private startNode(node: NodeProcess): void {
    node.start({ ADVERTISED_URL: this.proxyOf(node).url });
  }

  private proxyOf(node: NodeProcess): TcpProxy {
    return this.proxies.get(node) as TcpProxy;
  }
}

/** The length of a fault, and no wait for something. */
function lasting(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
