/** A master and a secondary whose link, and every call to it, goes through a wire that a test can damage. */
import { Cluster } from './cluster.js';
import type { NodeProcess } from './node-process.js';
import { TcpProxy } from './tcp-proxy.js';

export class ClusterBehindProxy {
  private constructor(
    readonly cluster: Cluster,
    readonly secondary: NodeProcess,
    readonly proxy: TcpProxy,
  ) {}

  /** Resolves when the secondary is a member. */
  static async start(): Promise<ClusterBehindProxy> {
    const cluster = await Cluster.start(0);
    const secondary = await cluster.addSecondary();
    const proxy = await TcpProxy.to(secondary.port);
    const whole = new ClusterBehindProxy(cluster, secondary, proxy);
    try {
      secondary.start({ ADVERTISED_URL: proxy.url });
      await cluster.allMembers();
      return whole;
    } catch (error) {
      // Nobody else has it yet, to end it.
      await whole.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.cluster.end();
    await this.proxy.close();
  }
}
