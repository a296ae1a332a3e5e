/** Is every message in the log allowed to be there, and there only once? */
import { identityOf } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

export function findDuplicates({ nodeId, messages }: NodeLog): Violation[] {
  const firstAt = new Map<string, number>();
  return messages.flatMap(({ message, seq }) => {
    const identity = identityOf(message);
    const first = firstAt.get(identity);
    if (first === undefined) {
      firstAt.set(identity, seq);
      return [];
    }
    return [{ kind: 'duplicate', nodeId, seq, sentence: `${nodeId} has at ${seq} again what is at ${first}` }];
  });
}

/** Messages whose writer was told that they are in no log, and messages nobody wrote. */
export function findIntruders({ nodeId, messages }: NodeLog, writes: readonly Write[]): Violation[] {
  const outcomes = new Map(writes.map((write) => [identityOf(write.message), write.outcome]));
  return messages.flatMap(({ message, seq }): Violation[] => {
    const outcome = outcomes.get(identityOf(message));
    if (outcome === undefined) {
      return [{ kind: 'phantom', nodeId, seq, sentence: `${nodeId} has at ${seq} a message that nobody wrote` }];
    }
    if (outcome !== 'rejected') return [];
    return [{ kind: 'aborted-read', nodeId, seq, sentence: `${nodeId} has at ${seq} a message that was rejected` }];
  });
}
