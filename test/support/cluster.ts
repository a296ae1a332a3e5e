/** A master and any number of secondaries as real processes on loopback, in a directory of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnyCluster } from './any-cluster.js';
import { NodeProcess, THIS_BUILD } from './node-process.js';
import type { Environment } from './node-process.js';
import { freePort } from './ports.js';

export const API_KEY = 'a-client-key';
export const ADMIN_API_KEY = 'an-admin-key';
export const CLUSTER_SECRET = 'a-secret-between-nodes';

/** Quick enough that a test need not wait long for a state to change. */
const FAST: Environment = {
  API_KEY,
  ADMIN_API_KEY,
  CLUSTER_SECRET,
  HOST: '127.0.0.1',
  HEALTHCHECK_DELAY: '0.3',
  HEALTHCHECK_TIMEOUT: '0.3',
  SEGMENT_BYTES: '4MiB',
  LOG_FORMAT: 'json',
};

export class Cluster extends AnyCluster<NodeProcess> {
  readonly root: string;
  readonly secondaries: NodeProcess[] = [];

  private constructor(
    readonly master: NodeProcess,
    private readonly environment: Environment,
    root: string,
  ) {
    super();
    this.root = root;
  }

  /** Starts a master and `secondaries` secondaries, named secondary-1 …; resolves when all are ready members. */
  static async start(
    secondaries: number,
    environment: Environment = {},
    { folder = tmpdir(), build = THIS_BUILD }: { folder?: string; build?: string } = {},
  ): Promise<Cluster> {
    const cluster = await Cluster.prepare(environment, folder);
    try {
      for (let number = 1; number <= secondaries; number++) await cluster.addSecondary();
      for (const node of cluster.nodes) node.build = build;
      cluster.master.start();
      await cluster.ready(cluster.master);
      for (const secondary of cluster.secondaries) secondary.start();
      await cluster.allMembers();
      return cluster;
    } catch (error) {
      // Nobody else has this cluster yet, to end it.
      await cluster.end();
      throw error;
    }
  }

  /** A cluster of which nothing runs yet. Its own directory is made in `folder`. */
  static async prepare(environment: Environment = {}, folder = tmpdir()): Promise<Cluster> {
    const root = mkdtempSync(join(folder, 'replog-'));
    const port = await freePort();
    const shared = { ...FAST, MASTER_HOST: 'http://127.0.0.1', MASTER_PORT: String(port), ...environment };
    const master = new NodeProcess('master', port, root, { ...shared, SERVER_TYPE: 'master' });
    return new Cluster(master, shared, root);
  }

  /** One more secondary, not started yet. */
  async addSecondary(environment: Environment = {}): Promise<NodeProcess> {
    const port = await freePort();
    const node = new NodeProcess(`secondary-${this.secondaries.length + 1}`, port, this.root, {
      ...this.environment,
      SERVER_TYPE: 'secondary',
      SECONDARY_PORT: String(port),
      ...environment,
    });
    this.secondaries.push(node);
    return node;
  }

  /** Ends every process and removes its data. */
  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(this.root, { recursive: true, force: true });
  }
}
