/** A master counts the members that its log names: the next master reads them there. */
import { encodePayload } from '@replog/contracts/payloads.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { DurableLog } from '../../checkers/records/durable-log.js';

export function requireRecorded(name: string, { membership, membershipIndex }: LocalNode, log: DurableLog): void {
  const record = log.at(membershipIndex);
  // It may not be durable there yet.
  if (record === undefined || record.text === encodePayload(membership).toString()) return;
  const counted = membership.members.map(({ nodeId }) => nodeId).join(' ');
  throw new BrokenRule(
    'membership',
    `${name} counts the members ${counted}, and record ${membershipIndex} of its log is ${record.text}`,
  );
}
