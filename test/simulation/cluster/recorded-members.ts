/** A master counts the members that its log names: the next master reads them there. */
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind, decodeRecord, recordLength } from '@replog/contracts/record.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { DurableLog } from '../../checkers/records/durable-log.js';
import type { SimulatedNode } from './simulated-node.js';
import { checkTaken, isKnownToHang } from './storage-rules.js';
import { namesIn } from './told-records.js';

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

/** A master's membership records: one change at a time, each committed before the next. */
export function watchMemberships(
  machine: SimulatedNode,
  node: LocalNode,
  said: (line: string) => void,
  guard: (step: () => void) => void,
): void {
  const { name } = machine;
  const { store } = node;
  const append = store.append.bind(store);
  let last = { index: 0, epoch: 0 };
  store.append = (block) => {
    const { term, committed, epoch, membershipIndex } = node;
    append(block);
    if (term === null) return;
    guard(() => {
      if (isKnownToHang(machine)) checkTaken(machine, block);
      for (let at = 0; at < block.length; at += recordLength(block, at)) {
        const record = decodeRecord(block, at);
        if (record.kind !== RecordKind.Membership) continue;
        said(`membership in record ${record.index}: ${namesIn(record.payload)}`);
        // A record of an earlier term may have been cut since.
        const before = last.epoch === epoch ? last.index : membershipIndex;
        if (before > committed) {
          throw new BrokenRule(
            'membership',
            `${name} changed the membership in record ${record.index} (epoch ${epoch}) before the change in ${before} was committed`,
          );
        }
        last = { index: record.index, epoch };
      }
    });
  };
}
