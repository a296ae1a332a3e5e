/** Bugs in what a node says of a disk that hangs, and in what the others make of it. */
import type { Plant } from './plant.js';

/** A secondary that answers pings is healthy, whatever it stores. */
export const stalledIsHealthy: Plant = {
  name: 'call a secondary with a stalled disk healthy',
  foundWithin: 30,
  steps: 2_500,
  master: ({ registry: { secondaries } }) => {
    const pinged = secondaries.pinged.bind(secondaries);
    secondaries.pinged = (entry, failure) => {
      const { detector } = entry;
      const answered = detector.pingAnswered.bind(detector);
      detector.pingAnswered = (nowMs) => answered(nowMs);
      pinged(entry, failure);
      detector.pingAnswered = answered;
    };
  },
};

/** The master goes on as if its disk answered. */
export const stalledMasterTakesWrites: Plant = {
  name: 'take writes with a stalled disk',
  foundWithin: 20,
  steps: 2_500,
  master: ({ node }) => {
    Object.defineProperty(node, 'isStalled', { get: () => false });
  },
};
