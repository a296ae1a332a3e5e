/** Does one node's log have every seq from 1 on once, in order? Each gap is reported once. */
import type { NodeLog, Violation } from './history.js';

export function findGaps({ nodeId, messages }: NodeLog): Violation[] {
  const violations: Violation[] = [];
  let expected = 1;
  for (const { seq } of messages) {
    if (seq !== expected) {
      const sentence = `${nodeId} gives message ${seq} where ${expected} belongs`;
      violations.push({ kind: 'gap', nodeId, seq: expected, sentence });
    }
    expected = seq + 1;
  }
  return violations;
}
