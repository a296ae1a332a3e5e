/** What nodes of a small cluster answer, for the specs of decisions that ask them. */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Member } from '@replog/contracts/payloads.js';

export const member = (nodeId: string): Member => ({ nodeId, incarnation: 'i1', url: `http://${nodeId}` });

export function status(nodeId: string, other: Partial<NodeStatus> = {}): NodeStatus {
  return {
    clusterId: 'c',
    ...member(nodeId),
    role: 'secondary',
    holdsTerm: false,
    epoch: 5,
    master: null,
    last: { index: 1, epoch: 1, chain: 1 },
    committed: 0,
    ...other,
  };
}
