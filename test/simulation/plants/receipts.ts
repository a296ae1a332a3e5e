/** Bugs in receipts. */
import type { Plant } from './plant.js';

/** A receipt names every member, acknowledged or not. */
export const nameEverybody: Plant = {
  name: 'name every member in a receipt',
  foundWithin: 10,
  master: ({ replication: { ledger }, node }) => {
    const acksOf = ledger.acksOf.bind(ledger);
    ledger.acksOf = (index) => {
      const acks = acksOf(index);
      const silent = node.membership.members.filter(({ nodeId }) => !acks.some(({ node }) => node === nodeId));
      return [...acks, ...silent.map(({ nodeId }) => ({ node: nodeId, role: 'secondary' as const, ms: null }))];
    };
  },
};

/** A receipt is found by its seq alone, whichever message has that seq by now. */
export const receiptBySeqAlone: Plant = {
  name: 'find a receipt by seq alone',
  foundWithin: 20,
  master: ({ writes: { receipts } }) => {
    const ofPlace = receipts.ofPlace.bind(receipts);
    receipts.ofPlace = ({ seq }, concern, timeoutMs) => ofPlace({ seq, epoch: null }, concern, timeoutMs);
  },
};
