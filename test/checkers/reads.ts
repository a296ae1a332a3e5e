/** Everything a reader was shown as committed is in every final log, unchanged. */
import { identityOf } from './history.js';
import type { NodeLog, Violation } from './history.js';

/** `shown`: the JSON of the whole message as it was shown, by seq. */
export function findVanished({ nodeId, messages }: NodeLog, shown: ReadonlyMap<number, string>): Violation[] {
  const found = new Map(messages.map((message) => [message.seq, identityOf(message)]));
  return [...shown].flatMap(([seq, identity]) => {
    if (found.get(seq) === identity) return [];
    const what = found.has(seq) ? 'has another one there' : 'has none';
    return [
      { kind: 'vanished', nodeId, seq, sentence: `message ${seq} was shown as committed, and ${nodeId} ${what}` },
    ];
  });
}
