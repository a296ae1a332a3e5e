/** A node in the test's own process, on a port of its own, with what it logs at hand. Nothing has to be built for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { NodeHost } from '@replog/node/host/node-host.js';
import { openNode } from '@replog/node/host/open-node.js';
import type { OpenedNode } from '@replog/node/host/open-node.js';
import { readNodeConfig } from '@replog/runtime/config/read-node-config.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from './cluster.js';
import { eventually } from './eventually.js';
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

export class NodeInProcess {
  private constructor(
    readonly opened: OpenedNode,
    private readonly host: NodeHost,
    private readonly root: string,
    /** Every line of its log. */
    readonly lines: readonly string[],
    readonly client: NodeClient,
  ) {}

  static async start(nodeId: string, environment: NodeJS.ProcessEnv): Promise<NodeInProcess> {
    const root = mkdtempSync(join(tmpdir(), 'replog-'));
    const lines: string[] = [];
    const config = readNodeConfig({ ...FAST, NODE_ID: nodeId, DATA_DIR: join(root, nodeId), ...environment });
    const logger = createLogger(config, { write: (line) => void lines.push(line) });
    const opened = await openNode(config, { logger });
    const host = new NodeHost(opened, (error) => lines.push(`fatal: ${error.stack ?? error.message}`));
    await host.start();
    const client = new NodeClient(`http://127.0.0.1:${host.port}`, config.apiKey);
    return new NodeInProcess(opened, host, root, lines, client);
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
    return this.host.part<Transport>(TRANSPORT);
  }

  /** The token this node shows to others. */
  token(): Promise<string> {
    return this.opened.context.tokens.issue();
  }

  async end(): Promise<void> {
    await this.host.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}
