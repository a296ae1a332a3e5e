/** A change of master may orphan an acknowledged write, but never throw it away. */
import { identityOf, isAcknowledged } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

/** `orphans`: everything set aside on any node, wiped ones included. */
export function findNotKept(log: NodeLog, orphans: readonly NodeLog[], writes: readonly Write[]): Violation[] {
  const kept = new Set([log, ...orphans].flatMap(({ messages }) => messages.map(({ message }) => identityOf(message))));
  return writes.filter(isAcknowledged).flatMap(({ message, seq, outcome }) => {
    if (kept.has(identityOf(message))) return [];
    const sentence = `what was acknowledged (${outcome}) as ${seq} is neither on ${log.nodeId} nor among any orphans`;
    return [{ kind: 'not-kept', nodeId: log.nodeId, seq, sentence }];
  });
}
