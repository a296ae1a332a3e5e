/**
 * Asks everybody this node knows of how they stand; who does not answer is not seen. Its own address is no reason to
 * pass one over: MASTER_HOST names the living master as well as whoever is started to be the next.
 */
import type { NodeStatus } from '@replog/contracts';
import type { StandParts } from './stand-parts.js';

export async function lookAround({ node, transport, config }: StandParts): Promise<NodeStatus[]> {
  const members = node.membership.members.map((member) => node.addressOf(member.nodeId));
  const urls = [...new Set([...members, config.masterUrl])].filter((url) => url !== null);
  const seen = await Promise.all(
    urls.map((url) => transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null)),
  );
  const others = seen.filter((status) => status !== null && status.nodeId !== node.nodeId);
  return [...new Map(others.map((status) => [(status as NodeStatus).nodeId, status as NodeStatus])).values()];
}
