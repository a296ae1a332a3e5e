import { ReplogError } from '@replog/contracts/errors.js';

/**
 * Two clusters must not mix: a record, a promise or a registration of another one is refused before anything else is
 * looked at. Who has joined no cluster yet (`null`) belongs to no other.
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
      'Point the one that is wrong here at its own master, or give it an empty data directory to let it join this cluster.',
  );
}
