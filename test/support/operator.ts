/** What an operator does with the admin key. */
import type { MessageView, Problem, PromotionView } from '@replog/contracts';
import type { OrphanSet } from '@replog/log-store';
import type { Reappended } from '@replog/platform';
import { ADMIN_API_KEY } from './cluster.js';
import type { Answer } from './node-client.js';
import type { NodeProcess } from './node-process.js';

const ADMIN = { 'x-token': ADMIN_API_KEY };

export function promote(
  node: NodeProcess,
  request: { dryRun?: boolean; force?: boolean } = {},
): Promise<Answer<PromotionView & Problem>> {
  const headers = { ...ADMIN, 'content-type': 'application/json' };
  return node.client.request('POST', '/cluster/promote', { headers, body: JSON.stringify(request) });
}

export async function orphanSets(node: NodeProcess): Promise<readonly OrphanSet[]> {
  return (await node.client.get<{ data: OrphanSet[] }>('/orphans', ADMIN)).body.data;
}

export function readOrphans(node: NodeProcess, id: string): Promise<Answer<{ data: MessageView[] } & Problem>> {
  return node.client.get(`/orphans/${id}`, ADMIN);
}

export function reappend(node: NodeProcess, id: string): Promise<Answer<Reappended & Problem>> {
  return node.client.request('POST', `/orphans/${id}/reappend`, { headers: ADMIN });
}
