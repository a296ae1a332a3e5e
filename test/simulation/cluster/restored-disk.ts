/** What the node of a disk that was restored from an older copy may not do until it has a new incarnation. */
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedNode } from './simulated-node.js';

/** A restored node acknowledges on a new link, so its master has heard what it has. */
export function requireRevised({ name, local, forgotten }: SimulatedNode, lastIndex: number, to: SimulatedNode): void {
  if (local === null || !forgotten.has(local.incarnation)) return;
  const counted = to.local?.term?.acknowledgedBy({ nodeId: name, incarnation: local.incarnation }) ?? 0;
  if (counted <= lastIndex) return;
  throw new BrokenRule(
    'identity',
    `${to.name} counts ${name} for records up to ${counted}, and its restored disk holds them up to ${lastIndex}`,
  );
}

/** It may have voted for another candidate already. */
export function requireNotForgotten({ name, local, forgotten }: SimulatedNode, candidate: string): void {
  if (local === null || !forgotten.has(local.incarnation)) return;
  throw new BrokenRule('identity', `${name} voted for ${candidate}, and its disk was restored from an older copy`);
}
