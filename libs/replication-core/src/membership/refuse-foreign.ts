import { ReplogError } from '@replog/contracts/errors.js';

/**
 * Two clusters must not mix: the cluster of a record, a vote request or a registration is checked before anything else.
 * A node that has not joined a cluster (`null`) is not refused.
 */
export function refuseForeign(
  node: { readonly nodeId: string; readonly clusterId: string | null },
  clusterId: string | null,
  caller: string,
): void {
  if (clusterId === null || node.clusterId === null || clusterId === node.clusterId) return;
  throw new ReplogError(
    'FOREIGN_CLUSTER',
    `${caller} belongs to cluster ${clusterId}, ${node.nodeId} to ${node.clusterId}. ` +
      'Point the wrong one at its own master, or give it an empty data directory so that it can join the other cluster.',
    // With these the caller can claim this node: see `claimMember`.
    { extra: { nodeId: node.nodeId, clusterId: node.clusterId } },
  );
}
