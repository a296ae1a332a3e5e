/**
 * Is every acknowledged write in the log, once, where its receipt says? Losses are reported by their position, because
 * it points at the cause: a lost prefix at recovery, a lost middle at replication, a lost tail at a missing sync.
 */
import { identityOf, isAcknowledged } from './history.js';
import type { NodeLog, Violation, ViolationKind, Write } from './history.js';

type Acknowledged = Write & { readonly seq: number };

/** `writes`: those that had to survive what was done to the cluster. */
export function findLost({ nodeId, messages }: NodeLog, writes: readonly Write[]): Violation[] {
  const present = new Set(messages.map(({ message }) => identityOf(message)));
  const acknowledged = inOrder(writes);
  return runsOf(acknowledged, (write) => !present.has(identityOf(write.message))).map(({ from, to }) => {
    const [first, last] = [acknowledged[from] as Acknowledged, acknowledged[to] as Acknowledged];
    const sentence = `${nodeId} lost ${to - from + 1} acknowledged writes, receipts ${first.seq} to ${last.seq}`;
    return { kind: kindOfLoss(from, to, acknowledged.length), nodeId, seq: first.seq, sentence };
  });
}

/** Messages that stand at another seq than their receipt says. */
export function findMisplaced({ nodeId, messages }: NodeLog, writes: readonly Write[]): Violation[] {
  const seqOf = new Map(messages.map(({ message, seq }) => [identityOf(message), seq]));
  return inOrder(writes).flatMap(({ message, seq }) => {
    const found = seqOf.get(identityOf(message));
    if (found === undefined || found === seq) return [];
    const sentence = `${nodeId} has at ${found} what its receipt says is message ${seq}`;
    return [{ kind: 'misplaced', nodeId, seq: found, sentence }];
  });
}

function inOrder(writes: readonly Write[]): Acknowledged[] {
  return writes.filter(isAcknowledged).sort((one, other) => one.seq - other.seq);
}

function kindOfLoss(from: number, to: number, count: number): ViolationKind {
  if (from === 0) return 'lost-prefix';
  return to === count - 1 ? 'lost-postfix' : 'lost-middle';
}

function runsOf<Item>(items: readonly Item[], holds: (item: Item) => boolean): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [place, item] of items.entries()) {
    if (!holds(item)) continue;
    const run = runs.at(-1);
    if (run?.to === place - 1) run.to = place;
    else runs.push({ from: place, to: place });
  }
  return runs;
}
