/** Bugs in what a node that is no member can do. */
import type { Plant } from './plant.js';

/** A master believes whoever claims a higher epoch. */
export const deposedByStranger: Plant = {
  name: 'deposed by a stranger',
  foundWithin: 10,
  master: ({ node }) => {
    node.heardEpoch = (epoch, { nodeId }) => node.confirmedEpoch(epoch, nodeId);
  },
};
