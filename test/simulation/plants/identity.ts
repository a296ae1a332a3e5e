/** Bugs in what becomes of a node that was restored from an older copy of its disk. */
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { restoredBetweenTerms, restoredInTerm } from '../faults/restored.js';
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

/** A restored node does not ask what it has forgotten, and votes. */
export const voteOfRestored: Plant = {
  name: 'vote from a restored copy',
  foundWithin: 10,
  steps: 6_000,
  foundBy: 'identity',
  story: restoredBetweenTerms,
  transport: deaf,
};

/** No node hears what others know of it. */
function deaf(transport: Transport): Transport {
  const status = transport.status.bind(transport);
  return Object.assign(Object.create(transport) as Transport, {
    status: async (...given: Parameters<Transport['status']>) => ({ ...(await status(...given)), yours: undefined }),
  });
}
