/**
 * Asks every known node for its status, and then the masters that they name: after a long absence a node may know only
 * some. It also asks its own address: MASTER_HOST may name the living master as well as the node that is to become the
 * next one.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { NodeParts } from '../node/node-parts.js';

export async function pollMembers(parts: NodeParts): Promise<NodeStatus[]> {
  const { node, config } = parts;
  const members = node.membership.members.map((member) => node.addressOf(member.nodeId));
  const known = new Set([...members, config.masterUrl, ...node.knownAddresses].filter((url) => url !== null));
  const seen = await askAll(parts, known);
  const named = seen.flatMap(({ clusterId, master }) => (clusterId === node.clusterId && master ? [master.url] : []));
  const further = await askAll(parts, new Set(named.filter((url) => !known.has(url))));
  const others = [...seen, ...further].filter((status) => status.nodeId !== node.nodeId);
  return [...new Map(others.map((status) => [status.nodeId, status])).values()];
}

async function askAll({ transport, config }: NodeParts, urls: ReadonlySet<string>): Promise<NodeStatus[]> {
  const answers = await Promise.all(
    [...urls].map((url) => transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null)),
  );
  return answers.filter((status) => status !== null);
}
