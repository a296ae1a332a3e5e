/** Bugs in what becomes of a node that was restored from an older copy of its disk. */
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { Plant } from './plant.js';

/** No node hears what others know of it. */
function deaf(transport: Transport): Transport {
  const status: Transport['status'] = async (url, limits) => {
    const { yours: _, ...rest } = await transport.status(url, limits);
    return rest;
  };
  return new Proxy(transport, { get: (of, name) => (name === 'status' ? status : bound(of, name as keyof Transport)) });
}

function bound(transport: Transport, name: keyof Transport): unknown {
  return (transport[name] as (...given: unknown[]) => unknown).bind(transport);
}

/** A restored node does not ask what it has forgotten, and votes. */
export const voteOfRestored: Plant = {
  name: 'vote from a restored copy',
  foundWithin: 10,
  transport: deaf,
};
