import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedNode } from './simulated-node.js';

/**
 * A node that has opened its log goes on until its disk has failed for good. A lack passes; a node that stops does not wait
 * for that, and leaves records that nobody was told of. One that founds its cluster has nothing yet to go on with.
 */
export function requireReason({ name, local, disk, isStopping }: SimulatedNode, error: Error): void {
  if (local === null || disk.hasFailed || isStopping || local.store.durable.index === 0) return;
  throw new BrokenRule('lack', `${name} ended itself, and its disk has not failed: ${error.message}`);
}
