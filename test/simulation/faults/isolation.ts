/** Cuts a machine off from all others, in both directions. Clients still reach it. */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { FaultScene } from './fault.js';

/** Answers the function that ends it. */
export function isolate({ cluster }: Pick<FaultScene, 'cluster'>, { name }: SimulatedNode): () => void {
  const { network } = cluster;
  const others = cluster.machines.filter((other) => other.name !== name).map((other) => other.name);
  const pairs = others.flatMap((other) => [[name, other] as const, [other, name] as const]);
  for (const [from, to] of pairs) network.block(from, to);
  return () => {
    for (const [from, to] of pairs) network.open(from, to);
  };
}
