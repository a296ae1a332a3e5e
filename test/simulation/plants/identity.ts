/** Bugs in what becomes of a node that was restored from an older copy of its disk. */
import { restoredInTerm } from '../faults/restored.js';
import type { Plant } from './plant.js';

/** A node that comes back with less than it acknowledged goes on counting for it. */
export const neverRevised: Plant = {
  name: 'acknowledgement never revised',
  foundWithin: 20,
  steps: 6_000,
  foundBy: 'revision',
  story: restoredInTerm,
  master: ({ replication: { ledger } }) => {
    ledger.forget = () => undefined;
  },
};
