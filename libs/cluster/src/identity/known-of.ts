/** What a node knows of another one. The other one has to be told: it compares that with what it has. */
import type { KnownStart } from '@replog/contracts/http.js';
import type { LocalNode } from '../node/local-node.js';

export function knownOf({ seen, term }: LocalNode, nodeId: string): KnownStart | undefined {
  const start = seen.of(nodeId);
  if (start === null) return undefined;
  const acknowledged = term?.acknowledgedBy({ nodeId, incarnation: start.incarnation }) ?? 0;
  return acknowledged === 0 ? start : { ...start, acknowledged };
}
