/**
 * Asks every known node for its status, and then the masters that they name: after a long absence a node may know only
 * some. It also asks its own address: MASTER_HOST may name the living master as well as the node that is to become the
 * next one, and a copy of this node's directory may live there.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { LocalNode } from '../node/local-node.js';
import type { Transport } from '../peers/transport.port.js';

export interface PollPorts {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly config: Pick<NodeConfig, 'masterUrl' | 'healthcheckTimeoutMs'>;
}

export async function pollMembers(parts: PollPorts): Promise<NodeStatus[]> {
  return othersIn(parts.node, await pollAddresses(parts));
}

/** One answer of each other node. One that answers from an older directory than was seen before does not count. */
export function othersIn(node: LocalNode, answers: readonly NodeStatus[]): NodeStatus[] {
  const others = answers.filter((status) => status.nodeId !== node.nodeId && node.seen.note(status) !== 'earlier');
  return [...new Map(others.map((status) => [status.nodeId, status])).values()];
}

/** Whoever answers at a known address, this node included. */
export async function pollAddresses(parts: PollPorts): Promise<NodeStatus[]> {
  const { node, config } = parts;
  const members = node.membership.members.map((member) => node.addressOf(member.nodeId));
  const known = new Set([...members, config.masterUrl, ...node.knownAddresses].filter((url) => url !== null));
  const seen = await askAll(parts, known);
  const named = seen.flatMap(({ clusterId, master }) => (clusterId === node.clusterId && master ? [master.url] : []));
  const further = await askAll(parts, new Set(named.filter((url) => !known.has(url))));
  return [...seen, ...further];
}

async function askAll({ transport, config }: PollPorts, urls: ReadonlySet<string>): Promise<NodeStatus[]> {
  const answers = await Promise.all(
    [...urls].map((url) => transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null)),
  );
  return answers.filter((status) => status !== null);
}
