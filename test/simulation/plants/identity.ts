/** Bugs in what becomes of a directory that came back older, or is there twice. */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { Plant } from './plant.js';

/** A node that comes back with less than it acknowledged goes on counting for it. */
export const neverRevised: Plant = {
  name: 'acknowledgement never revised',
  foundWithin: 20,
  steps: 6_000,
  foundBy: 'revision',
  story: 'restored in a term',
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
  story: 'restored between terms',
  transport: deaf,
};

/** No node tells one process from another: a copy of a directory takes the place of its original, which lives. */
export const twiceAlive: Plant = {
  name: 'two incarnations alive',
  foundWithin: 10,
  steps: 3_000,
  foundBy: 'copy',
  story: 'directory copied',
  transport: (transport) => withStatus(transport, ({ bootId: _, starts: __, boots: ___, ...status }) => status),
};

/** No node hears what others know of it. */
function deaf(transport: Transport): Transport {
  return withStatus(transport, ({ yours: _, ...status }) => status);
}

function withStatus(transport: Transport, heard: (status: NodeStatus) => NodeStatus): Transport {
  const status = transport.status.bind(transport);
  return Object.assign(Object.create(transport) as Transport, {
    status: async (...given: Parameters<Transport['status']>) => heard(await status(...given)),
  });
}
