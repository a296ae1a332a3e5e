/**
 * Do all nodes have one history? Compared place by place with the first node; only a node's first difference is
 * reported.
 */
import { identityOf } from './history.js';
import type { NodeLog, Violation } from './history.js';

/** Differences where both have a message. */
export function findDivergence([reference, ...others]: readonly NodeLog[]): Violation[] {
  if (reference === undefined) return [];
  const expected = reference.messages.map(identityOf);
  return others.flatMap(({ nodeId, messages }) => {
    const place = messages.findIndex((message, at) => at < expected.length && identityOf(message) !== expected[at]);
    if (place < 0) return [];
    const sentence = `${nodeId} and ${reference.nodeId} differ from place ${place + 1} on`;
    return [{ kind: 'divergence', nodeId, seq: place + 1, sentence }];
  });
}

/** Nodes whose log is shorter than the longest. For runs that waited until all had caught up. */
export function findBehind(logs: readonly NodeLog[]): Violation[] {
  const longest = logs.reduce((most, { messages }) => Math.max(most, messages.length), 0);
  return logs
    .filter(({ messages }) => messages.length < longest)
    .map(({ nodeId, messages: { length } }) => ({
      kind: 'behind',
      nodeId,
      seq: length + 1,
      sentence: `${nodeId} has ${length} messages, another node ${longest}`,
    }));
}
