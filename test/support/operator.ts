/** What an operator does with the admin key. */
import type { Problem } from '@replog/contracts/errors.js';
import type { MessageView, PromotionView } from '@replog/contracts/views.js';
import type { OrphanSet } from '@replog/log-store/log-store.port.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';
import { ADMIN_API_KEY } from './cluster.js';
import type { Answer, NodeClient } from './node-client.js';

/** A node in a process of its own, or in the test's. */
interface Node {
  readonly client: NodeClient;
}

const ADMIN = { 'x-token': ADMIN_API_KEY };

export function promote(
  node: Node,
  request: { dryRun?: boolean; force?: boolean } = {},
): Promise<Answer<PromotionView & Problem>> {
  const headers = { ...ADMIN, 'content-type': 'application/json' };
  return node.client.request('POST', '/cluster/promote', { headers, body: JSON.stringify(request) });
}

export async function orphanSets(node: Node): Promise<readonly OrphanSet[]> {
  return (await node.client.get<{ data: OrphanSet[] }>('/orphans', ADMIN)).body.data;
}

export function readOrphans(node: Node, id: string): Promise<Answer<{ data: MessageView[] } & Problem>> {
  return node.client.get(`/orphans/${id}`, ADMIN);
}

export function reappend(node: Node, id: string): Promise<Answer<Reappended & Problem>> {
  return node.client.request('POST', `/orphans/${id}/reappend`, { headers: ADMIN });
}
