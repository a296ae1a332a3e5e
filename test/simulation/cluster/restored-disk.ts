/** What the node of a disk that was restored from an older copy may not do, and what no master may count of it. */
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedNode } from './simulated-node.js';

/**
 * A restored node acknowledges on a new link, under its old incarnation or a new one. Its master has heard by then what it
 * has, and counts nothing more of it.
 */
export function requireRevised({ name, forgotten }: SimulatedNode, lastIndex: number, to: SimulatedNode): void {
  const ledger = to.door?.master?.term.replication.ledger;
  if (ledger === undefined) return;
  for (const incarnation of forgotten) {
    const counted = ledger.acknowledgedBy({ nodeId: name, incarnation });
    if (counted <= lastIndex) continue;
    throw new BrokenRule(
      'revision',
      `${to.name} counts ${name} for records up to ${counted}, and its restored disk holds them up to ${lastIndex}`,
    );
  }
}

/** It may have voted for another candidate already. */
export function requireNotForgotten({ name, local, forgotten }: SimulatedNode, candidate: string): void {
  if (local === null || !forgotten.has(local.incarnation)) return;
  throw new BrokenRule('identity', `${name} voted for ${candidate}, and its disk was restored from an older copy`);
}
