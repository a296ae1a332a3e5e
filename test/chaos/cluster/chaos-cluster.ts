/** All nodes of a run, each in its place on the network, some on small disks where the machine lets us make them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from '../../support/cluster.js';
import { NodeProcess } from '../../support/node-process.js';
import type { Environment } from '../../support/node-process.js';
import { SmallDisk } from '../../support/small-disk.js';
import { NamespaceNetwork } from '../network/namespaces/namespace-network.js';
import { nameOf } from '../network/network.js';
import type { Network, PartitionKind, Site } from '../network/network.js';
import { ProxyNetwork } from '../network/proxies/proxy-network.js';
import { asSecondaryOf, ChaosNode } from './chaos-node.js';

const SHARED: Environment = {
  API_KEY,
  ADMIN_API_KEY,
  CLUSTER_SECRET,
  HEALTHCHECK_DELAY: '0.3',
  HEALTHCHECK_TIMEOUT: '0.5',
  SEGMENT_BYTES: '256KiB',
  MAX_MESSAGE_BYTES: '64KiB',
  LOG_FORMAT: 'json',
};

export interface ClusterPlan {
  readonly nodes: number;
  readonly partitions: PartitionKind;
  /** The size of small disks; `null` where there are none. */
  readonly diskMiB: number | null;
}

export class ChaosCluster {
  readonly root = mkdtempSync(join(tmpdir(), 'replog-chaos-'));
  readonly network: Network;
  readonly nodes: ChaosNode[] = [];

  private constructor(
    kind: PartitionKind,
    private readonly onDeath: (node: ChaosNode, how: string) => void,
  ) {
    this.network = kind === 'proxies' ? new ProxyNetwork() : new NamespaceNetwork(join(this.root, 'networks'));
  }

  /** Nothing of it runs yet. */
  static async prepare(plan: ClusterPlan, onDeath: (node: ChaosNode, how: string) => void): Promise<ChaosCluster> {
    const cluster = new ChaosCluster(plan.partitions, onDeath);
    const first = await cluster.network.site(1);
    cluster.add(
      1,
      first,
      { SERVER_TYPE: 'master', MASTER_HOST: `http://${first.host}`, MASTER_PORT: String(first.port) },
      null,
    );
    for (let number = 2; number <= plan.nodes; number++) {
      const site = await cluster.network.site(number);
      // A minority, so that a disk that is full never stands in the way of all others.
      const isSmall = plan.diskMiB !== null && number > Math.ceil((plan.nodes + 1) / 2);
      cluster.add(number, site, asSecondaryOf(first, site), isSmall ? plan.diskMiB : null);
    }
    return cluster;
  }

  /** The node that listens, or advertises, this address. */
  at(url: string): ChaosNode | undefined {
    const { origin } = new URL(url);
    return this.nodes.find((node) => node.process.url === origin || node.site.advertisedUrl === origin);
  }

  /** Ends every process, each at once; the data stays. */
  async halt(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await Promise.all(this.nodes.map((node) => node.site.close()));
  }

  /** Only after `halt`. */
  remove(): void {
    for (const { disk } of this.nodes) disk?.unmount();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Only after `halt`. What is on small disks is kept without them: nothing stays mounted. */
  keep(): void {
    for (const { disk, process } of this.nodes) {
      if (disk === null) continue;
      const copy = `${process.dataDir}.kept`;
      cpSync(process.dataDir, copy, { recursive: true });
      disk.unmount();
      cpSync(copy, process.dataDir, { recursive: true });
      rmSync(copy, { recursive: true });
    }
  }

  private add(number: number, site: Site, role: Environment, diskMiB: number | null): void {
    const place = { HOST: site.host, ADVERTISED_URL: site.advertisedUrl };
    const process = new NodeProcess(nameOf(number), site.port, this.root, { ...SHARED, ...place, ...role }, site);
    const disk = diskMiB === null ? null : SmallDisk.mount(process.dataDir, diskMiB);
    this.nodes.push(new ChaosNode(process, site, disk, API_KEY, this.onDeath));
  }
}
