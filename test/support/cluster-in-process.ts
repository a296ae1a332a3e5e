/** A master and any number of secondaries in the test's own process, each on a port of its own. Nothing has to be built. */
import { AnyCluster } from './any-cluster.js';
import { NodeInProcess } from './node-in-process.js';

export class ClusterInProcess extends AnyCluster<NodeInProcess> {
  readonly secondaries: NodeInProcess[] = [];

  private constructor(
    readonly master: NodeInProcess,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    super();
  }

  /** With `secondaries` secondaries, named secondary-1 …; resolves when all are members. */
  static async start(secondaries: number, environment: NodeJS.ProcessEnv = {}): Promise<ClusterInProcess> {
    const cluster = new ClusterInProcess(await NodeInProcess.master(environment), environment);
    try {
      while (cluster.secondaries.length < secondaries) await cluster.addSecondary();
      await cluster.allMembers();
      return cluster;
    } catch (error) {
      // The caller does not have this cluster yet and cannot end it.
      await cluster.end();
      throw error;
    }
  }

  /** One more secondary, started; resolves at once, member or not. */
  async addSecondary(environment: NodeJS.ProcessEnv = {}): Promise<NodeInProcess> {
    const nodeId = `secondary-${this.secondaries.length + 1}`;
    const node = await NodeInProcess.secondaryOf(this.master, nodeId, { ...this.environment, ...environment });
    this.secondaries.push(node);
    return node;
  }

  /** Secondaries first: then the master waits for nobody. */
  async end(): Promise<void> {
    for (const secondary of this.secondaries) await secondary.end();
    await this.master.end();
  }
}
