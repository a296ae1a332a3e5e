/** Bugs in who founds a cluster, and who gives one up. */
import type { Plant } from './plant.js';

/** A wiped node founds a second cluster and keeps it: its members do not tell it where it belongs. */
export const foundedTwice: Plant = {
  name: 'a wiped node founds a second cluster',
  foundWithin: 20,
  showsIn: 'all phases',
  transport: (transport) => {
    transport.claim = () => Promise.resolve();
    return transport;
  },
};
