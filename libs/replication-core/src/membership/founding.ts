/**
 * Whether a node with an empty directory that starts as master founds a cluster, where it knows the addresses of the others
 * (`PEERS`). The directory may be new, or its disk was replaced: only the others can say. A cluster has had a majority, so
 * among a majority of the peers there is one that belongs to it.
 */
export interface PeerAnswer {
  readonly nodeId: string;
  readonly clusterId: string | null;
}

export type Founding =
  | { readonly kind: 'found' }
  /** `nodeId` belongs to a cluster: this node joins that one. */
  | { readonly kind: 'join'; readonly nodeId: string; readonly clusterId: string }
  | { readonly kind: 'wait'; readonly answered: number; readonly needed: number };

/** `others`: how many addresses there are besides this node's own. Several of them may lead to one node. */
export function decideFounding(ownId: string, others: number, answers: readonly PeerAnswer[]): Founding {
  const empty = new Set<string>();
  for (const { nodeId, clusterId } of answers) {
    if (nodeId === ownId) continue;
    if (clusterId !== null) return { kind: 'join', nodeId, clusterId };
    empty.add(nodeId);
  }
  // This node is one of the majority.
  const needed = Math.floor((others + 1) / 2);
  return empty.size >= needed ? { kind: 'found' } : { kind: 'wait', answered: empty.size, needed };
}
