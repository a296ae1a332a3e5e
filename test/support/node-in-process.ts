/** A node in the test's own process, on a port of its own, with what it logs at hand. Nothing has to be built for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { CreateApplication } from '@replog/node/host/node-app.js';
import { NodeHost } from '@replog/node/host/node-host.js';
import { openNode } from '@replog/node/host/open-node.js';
import type { OpenedNode } from '@replog/node/host/open-node.js';
import { readNodeConfig } from '@replog/runtime/config/read-node-config.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from './cluster.js';
import { eventually } from './eventually.js';
import { HangingDisk } from './hanging-disk.js';
import { NodeClient } from './node-client.js';

const FAST = {
  API_KEY,
  ADMIN_API_KEY,
  CLUSTER_SECRET,
  HOST: '127.0.0.1',
  MASTER_HOST: 'http://127.0.0.1',
  MASTER_PORT: '0',
  SECONDARY_PORT: '0',
  HEALTHCHECK_DELAY: '0.2',
  HEALTHCHECK_TIMEOUT: '0.3',
  SEGMENT_BYTES: '4MiB',
  LOG_LEVEL: 'debug',
  LOG_FORMAT: 'json',
};

const byTesting: CreateApplication = async (rootModule, adapter, options) => {
  const module = await Test.createTestingModule({ imports: [rootModule] }).compile();
  return module.createNestApplication<NestFastifyApplication>(adapter, options);
};

interface Running {
  readonly opened: OpenedNode;
  readonly host: NodeHost;
}

export class NodeInProcess {
  /** Every line of its log, over all its starts. */
  readonly lines: string[] = [];
  /** Of its data directory. */
  readonly disk = new HangingDisk();
  /** `null` while it is stopped. */
  private running: Running | null = null;
  /** The system gives it at the first start; later starts keep it. */
  private port = 0;
  private readonly root = mkdtempSync(join(tmpdir(), 'replog-'));

  private constructor(
    readonly nodeId: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start(nodeId: string, environment: NodeJS.ProcessEnv): Promise<NodeInProcess> {
    const node = new NodeInProcess(nodeId, environment);
    await node.start();
    return node;
  }

  get opened(): OpenedNode {
    return this.now.opened;
  }

  get client(): NodeClient {
    return new NodeClient(`http://127.0.0.1:${this.port}`, API_KEY);
  }

  /** Its log as a process writes it. */
  get output(): string {
    return this.lines.join('');
  }

  /** After a stop: on the same directory and the same port. */
  async start(): Promise<void> {
    const { nodeId, environment, root, lines } = this;
    const ownPort = environment['SERVER_TYPE'] === 'master' ? 'MASTER_PORT' : 'SECONDARY_PORT';
    const place = { NODE_ID: nodeId, DATA_DIR: join(root, nodeId), [ownPort]: String(this.port) };
    const config = readNodeConfig({ ...FAST, ...place, ...environment });
    const logger = createLogger(config, { write: (line) => void lines.push(line) });
    const opened = await openNode(config, { logger }, this.disk.files);
    const onFatal = (error: Error): unknown => lines.push(`fatal: ${error.stack ?? error.message}`);
    const host = new NodeHost(opened, onFatal, byTesting);
    await host.start();
    this.port = host.port;
    this.running = { opened, host };
  }

  /** In order, as SIGTERM does it. Its directory stays. */
  async stop(): Promise<void> {
    this.disk.release();
    const { running } = this;
    this.running = null;
    await running?.host.stop();
  }

  /** After a stop: its directory is empty, as on a new disk. */
  wipe(): void {
    if (this.running !== null) throw new Error(`${this.nodeId} runs`);
    rmSync(join(this.root, this.nodeId), { recursive: true });
  }

  static master(environment: NodeJS.ProcessEnv = {}): Promise<NodeInProcess> {
    return NodeInProcess.start('master', { SERVER_TYPE: 'master', ...environment });
  }

  /** A secondary of `master` under `nodeId`; resolves at once, member or not. */
  static secondaryOf(master: NodeInProcess, nodeId: string, environment = {}): Promise<NodeInProcess> {
    return NodeInProcess.start(nodeId, {
      SERVER_TYPE: 'secondary',
      MASTER_PORT: new URL(master.client.url).port,
      ...environment,
    });
  }

  /** A master and one secondary, which is a member on return. */
  static async pair(environment = {}): Promise<{ master: NodeInProcess; secondary: NodeInProcess }> {
    const master = await NodeInProcess.master(environment);
    const secondary = await NodeInProcess.secondaryOf(master, 'secondary-1', environment);
    await eventually('the secondary is a member', async () => {
      const [member] = await master.client.secondaries();
      return member?.state === 'HEALTHY';
    });
    return { master, secondary };
  }

  /** How this node asks others. */
  get transport(): Transport {
    return this.now.host.part<Transport>(TRANSPORT);
  }

  /** What this node answers to others. */
  get peer(): PeerService {
    return this.now.host.part(PeerService);
  }

  /** The token this node shows to others. */
  token(): Promise<string> {
    return this.opened.context.tokens.issue();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  private get now(): Running {
    if (this.running === null) throw new Error(`${this.nodeId} does not run`);
    return this.running;
  }
}
