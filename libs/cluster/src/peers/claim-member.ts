/**
 * A node of another cluster answers at `url`, and the membership of this node lists its node id: its disk was wiped, and
 * it has founded a cluster of its own. This node tells it where it belongs.
 */
import type { Logger } from 'pino';
import { memberOf } from '@replog/core/membership/membership.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { LocalNode } from '../node/local-node.js';
import { PeerError } from './transport.port.js';
import type { Transport } from './transport.port.js';

interface ClaimPorts {
  readonly node: LocalNode;
  readonly config: NodeConfig;
  readonly transport: Pick<Transport, 'claim'>;
  readonly logger: Logger;
}

/** `error`: how a call to `url` failed. Where the claim is refused the other node says so in its log, too. */
export async function claimMember(ports: ClaimPorts, url: string, error: unknown): Promise<void> {
  const { node, config, transport, logger } = ports;
  const listed = listedIn(node, error);
  if (listed === undefined) return;
  const request = {
    clusterId: node.clusterId as string,
    nodeId: node.nodeId,
    ...(config.advertisedUrl === null ? {} : { url: config.advertisedUrl }),
    port: node.port,
    listed: { nodeId: listed.nodeId, url: listed.url },
  };
  try {
    await transport.claim(url, request, { timeoutMs: config.healthcheckTimeoutMs * 2 });
    logger.info({ url }, `${listed.nodeId} at ${url} gives up the cluster it had founded: this cluster lists it`);
  } catch (refusal) {
    logger.debug({ url, reason: refusal instanceof Error ? refusal.message : String(refusal) }, 'a claim was refused');
  }
}

/** The member of this node's cluster that refused the call as a node of another one. */
function listedIn(node: LocalNode, error: unknown): ReturnType<typeof memberOf> {
  if (!(error instanceof PeerError) || error.code !== 'FOREIGN_CLUSTER' || node.clusterId === null) return undefined;
  const nodeId = error.problem?.['nodeId'];
  return typeof nodeId === 'string' && nodeId !== node.nodeId ? memberOf(node.membership, nodeId) : undefined;
}
