/**
 * Does the log keep the order in time? A write that had ended before another began stands before it. Writes that
 * overlapped may stand either way.
 */
import { identityOf } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

export function findReorder({ nodeId, messages }: NodeLog, writes: readonly Write[]): Violation[] {
  const writeOf = new Map(writes.map((write) => [identityOf(write.message), write]));
  /** The latest beginning among the writes of the messages so far. */
  let latest = { beganAt: Number.NEGATIVE_INFINITY, seq: 0 };
  const violations: Violation[] = [];
  for (const { message, seq } of messages) {
    const write = writeOf.get(identityOf(message));
    if (write === undefined) continue;
    if (write.endedAt < latest.beganAt) {
      const sentence = `${nodeId} has at ${seq} a write that had ended before the one at ${latest.seq} began`;
      violations.push({ kind: 'reorder', nodeId, seq, sentence });
    }
    if (write.beganAt > latest.beganAt) latest = { beganAt: write.beganAt, seq };
  }
  return violations;
}
