/** One node under chaos: its process, where it lives, and what is being done to it. */
import { NodeClient } from '../../support/node-client.js';
import type { Environment, NodeProcess } from '../../support/node-process.js';
import type { FreezableDisk } from '../../support/freezable-disk.js';
import type { SmallDisk } from '../../support/small-disk.js';
import type { Site } from '../network/network.js';

export type Condition = 'running' | 'down' | 'frozen';

export class ChaosNode {
  condition: Condition = 'down';
  /** A fault has this node for itself. */
  isClaimed = false;
  /** What it had when its disk was harmed: until it has that again and counts as a member, it is no copy. */
  harmed: { readonly sinceMs: number; readonly index: number; readonly chain: number } | null = null;
  /** How much of its output was looked at for refusals. */
  outputSeen = 0;
  private startsAs: Environment = {};
  private starts = 0;
  private isOver = false;

  constructor(
    readonly process: NodeProcess,
    readonly site: Site,
    readonly disk: SmallDisk | null,
    readonly freezable: FreezableDisk | null,
    private readonly apiKey: string,
    private readonly onDeath: (node: ChaosNode, how: string) => void,
  ) {}

  get nodeId(): string {
    return this.process.nodeId;
  }

  /** Its API, as clients reach it: partitions part nodes, not clients. */
  client(patienceMs: number): NodeClient {
    return new NodeClient(this.process.url, this.apiKey, patienceMs);
  }

  start(): void {
    if (this.isOver) return;
    this.process.start(this.startsAs);
    this.condition = 'running';
    const start = ++this.starts;
    void this.process.exit.then(({ code, signal }) => {
      if (this.condition === 'down' || this.starts !== start) return;
      this.condition = 'down';
      this.onDeath(this, `code ${code}, signal ${signal}`);
    });
  }

  /** From now on it starts as a secondary: with an empty directory a master would found a cluster of its own. */
  followsFromNowOn(master: ChaosNode): void {
    this.startsAs = asSecondaryOf(master.site, this.site);
  }

  async kill(): Promise<void> {
    this.condition = 'down';
    await this.process.kill();
  }

  /** The run is over: it is not started again, whoever still wants to. */
  end(): Promise<void> {
    this.isOver = true;
    // A process that waits for its disk does not end.
    this.freezable?.thaw();
    return this.kill();
  }

  async stop(): Promise<void> {
    this.condition = 'down';
    await this.process.stop();
  }

  freeze(): void {
    this.process.signal('SIGSTOP');
    this.condition = 'frozen';
  }

  thaw(): void {
    this.process.signal('SIGCONT');
    this.condition = 'running';
  }
}

export function asSecondaryOf(master: Site, site: Site): Environment {
  const { protocol, hostname, port } = new URL(master.advertisedUrl);
  return {
    SERVER_TYPE: 'secondary',
    SECONDARY_PORT: String(site.port),
    MASTER_HOST: `${protocol}//${hostname}`,
    MASTER_PORT: port,
  };
}
