/** All nodes of a run, each behind a wire of its own, some on small disks where the machine lets us make them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from '../../support/cluster.js';
import { NodeProcess } from '../../support/node-process.js';
import type { Environment } from '../../support/node-process.js';
import { freePort } from '../../support/ports.js';
import { SmallDisk } from '../../support/small-disk.js';
import { Partitions } from '../wires/partitions.js';
import { Wire } from '../wires/wire.js';
import { ChaosNode } from './chaos-node.js';

const SHARED: Environment = {
  API_KEY,
  ADMIN_API_KEY,
  CLUSTER_SECRET,
  HOST: '127.0.0.1',
  HEALTHCHECK_DELAY: '0.3',
  HEALTHCHECK_TIMEOUT: '0.5',
  SEGMENT_BYTES: '256KiB',
  MAX_MESSAGE_BYTES: '64KiB',
  LOG_FORMAT: 'json',
};

export interface ClusterPlan {
  readonly nodes: number;
  /** The size of small disks; `null` where there are none. */
  readonly diskMiB: number | null;
}

export class ChaosCluster {
  readonly root = mkdtempSync(join(tmpdir(), 'replog-chaos-'));
  readonly partitions = new Partitions();
  readonly nodes: ChaosNode[] = [];

  private constructor(private readonly onDeath: (node: ChaosNode, how: string) => void) {}

  /** Nothing of it runs yet. */
  static async prepare(plan: ClusterPlan, onDeath: (node: ChaosNode, how: string) => void): Promise<ChaosCluster> {
    const cluster = new ChaosCluster(onDeath);
    const firstPort = await freePort();
    const firstWire = await Wire.to('node-1', firstPort, cluster.partitions);
    cluster.add(1, firstPort, firstWire, { SERVER_TYPE: 'master', MASTER_PORT: String(firstPort) }, null);
    for (let number = 2; number <= plan.nodes; number++) {
      const port = await freePort();
      const wire = await Wire.to(`node-${number}`, port, cluster.partitions);
      const role = { SERVER_TYPE: 'secondary', SECONDARY_PORT: String(port), MASTER_PORT: String(firstWire.port) };
      // A minority, so that a disk that is full never stands in the way of all others.
      const isSmall = plan.diskMiB !== null && number > Math.ceil((plan.nodes + 1) / 2);
      cluster.add(number, port, wire, role, isSmall ? plan.diskMiB : null);
    }
    return cluster;
  }

  /** The node that listens, or advertises, this address. */
  at(url: string): ChaosNode | undefined {
    const { origin } = new URL(url);
    return this.nodes.find((node) => node.process.url === origin || node.wire.url === origin);
  }

  /** Ends every process, each at once; the data stays. */
  async halt(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await Promise.all(this.nodes.map((node) => node.wire.close()));
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

  private add(number: number, port: number, wire: Wire, role: Environment, diskMiB: number | null): void {
    const process = new NodeProcess(`node-${number}`, port, this.root, {
      ...SHARED,
      MASTER_HOST: 'http://127.0.0.1',
      ADVERTISED_URL: wire.url,
      ...role,
    });
    const disk = diskMiB === null ? null : SmallDisk.mount(process.dataDir, diskMiB);
    this.nodes.push(new ChaosNode(process, wire, disk, API_KEY, this.onDeath));
  }
}
