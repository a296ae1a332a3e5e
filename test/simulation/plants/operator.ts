/** Bugs of what an operator relies on. */
import { notMaster } from '@replog/platform';
import type { Plant } from './plant.js';

/** The master leaves as soon as it is asked to, whatever the successor lacks. */
export const handOverAtOnce: Plant = {
  name: 'hand over without waiting for the last records',
  foundWithin: 10,
  master: ({ handovers, office, parts: { node } }) => {
    handovers.handOver = async ({ candidate }) => {
      const { epoch } = node;
      await office.leave(notMaster(null));
      node.handedOver(candidate);
      return { epoch, lastIndex: node.store.last.index };
    };
  },
};
