/** All nodes of a run, each in its place on the network, some on small disks where the machine lets us make them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from '../../support/cluster.js';
import { NodeProcess } from '../../support/node-process.js';
import type { Environment } from '../../support/node-process.js';
import { FreezableDisk } from '../../support/freezable-disk.js';
import { SmallDisk } from '../../support/small-disk.js';
import { freePort } from '../../support/ports.js';
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
  HEARTBEAT: '0.25',
  ELECTION_TIMEOUT: '1.5',
  SEGMENT_BYTES: '256KiB',
  MAX_MESSAGE_BYTES: '64KiB',
  // Disks that hang do so for longer, most of the time.
  DISK_STALL: '1',
  LOG_FORMAT: 'json',
};

/** The number of the node whose disk can be frozen. */
const FREEZABLE = 2;

interface Disks {
  readonly smallMiB: number | null;
  readonly freezableMiB: number | null;
}

export interface ClusterPlan {
  readonly nodes: number;
  readonly partitions: PartitionKind;
  /** The size of small disks; `null` where there are none. */
  readonly diskMiB: number | null;
  /** The size of the one disk that can be frozen, or why there is none. */
  readonly freezable: number | string;
}

export class ChaosCluster {
  readonly root = mkdtempSync(join(tmpdir(), 'replog-chaos-'));
  readonly network: Network;
  readonly nodes: ChaosNode[] = [];
  private readonly clones: NodeProcess[] = [];

  private constructor(
    kind: PartitionKind,
    /** `null`: one node has such a disk. */
    readonly whyNoFreezing: string | null,
    private readonly onDeath: (node: ChaosNode, how: string) => void,
  ) {
    this.network = kind === 'proxies' ? new ProxyNetwork() : new NamespaceNetwork(join(this.root, 'networks'));
  }

  /** Nothing of it runs yet. */
  static async prepare(plan: ClusterPlan, onDeath: (node: ChaosNode, how: string) => void): Promise<ChaosCluster> {
    const cluster = new ChaosCluster(
      plan.partitions,
      typeof plan.freezable === 'string' ? plan.freezable : null,
      onDeath,
    );
    const first = await cluster.network.site(1);
    cluster.add(
      1,
      first,
      { SERVER_TYPE: 'master', MASTER_HOST: `http://${first.host}`, MASTER_PORT: String(first.port) },
      { smallMiB: null, freezableMiB: null },
    );
    for (let number = 2; number <= plan.nodes; number++) {
      const site = await cluster.network.site(number);
      // A minority, so that a disk that is full never stands in the way of all others.
      const isSmall = plan.diskMiB !== null && number > Math.ceil((plan.nodes + 1) / 2);
      const canFreeze = number === FREEZABLE && typeof plan.freezable === 'number';
      cluster.add(number, site, asSecondaryOf(first, site), {
        smallMiB: isSmall ? plan.diskMiB : null,
        freezableMiB: canFreeze ? Number(plan.freezable) : null,
      });
    }
    return cluster;
  }

  /** The node that listens, or advertises, this address. */
  at(url: string): ChaosNode | undefined {
    // A path alone leads to another place at the same node.
    if (!URL.canParse(url)) return undefined;
    const { origin } = new URL(url);
    return this.nodes.find((node) => node.process.url === origin || node.site.advertisedUrl === origin);
  }

  /** A second process with the identity of the node, beside it, on another port. Its directory, in `folder`, is empty. */
  async cloneOf({ nodeId, site }: ChaosNode, master: ChaosNode, folder: string): Promise<NodeProcess> {
    const port = site.launcher.length > 0 ? site.port + 1 : await freePort();
    const there = { ...site, port, advertisedUrl: `http://${site.host}:${port}` };
    const place = { HOST: site.host, ADVERTISED_URL: there.advertisedUrl };
    const clone = new NodeProcess(
      nodeId,
      port,
      folder,
      { ...SHARED, ...place, ...asSecondaryOf(master.site, there) },
      site,
    );
    this.clones.push(clone);
    return clone;
  }

  /** Ends every process, each at once; the data stays. */
  async halt(): Promise<void> {
    await Promise.all([...this.nodes.map((node) => node.end()), ...this.clones.map((clone) => clone.kill())]);
    await Promise.all(this.nodes.map((node) => node.site.close()));
  }

  /** Only after `halt`. */
  remove(): void {
    for (const { disk, freezable } of this.nodes) (disk ?? freezable)?.unmount();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Only after `halt`. What is on disks of their own is kept without them: nothing stays mounted. */
  keep(): void {
    for (const { disk: small, freezable, process } of this.nodes) {
      const disk = small ?? freezable;
      if (disk === null) continue;
      const copy = `${process.dataDir}.kept`;
      cpSync(process.dataDir, copy, { recursive: true });
      disk.unmount();
      cpSync(copy, process.dataDir, { recursive: true });
      rmSync(copy, { recursive: true });
    }
  }

  private add(number: number, site: Site, role: Environment, { smallMiB, freezableMiB }: Disks): void {
    const place = { HOST: site.host, ADVERTISED_URL: site.advertisedUrl };
    const process = new NodeProcess(nameOf(number), site.port, this.root, { ...SHARED, ...place, ...role }, site);
    const disk = smallMiB === null ? null : SmallDisk.mount(process.dataDir, smallMiB);
    const freezable = freezableMiB === null ? null : FreezableDisk.mount(process.dataDir, freezableMiB);
    this.nodes.push(new ChaosNode(process, site, disk, freezable, API_KEY, this.onDeath));
  }
}
