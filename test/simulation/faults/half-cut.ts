/** The master is cut off from some of the others, which still reach each other: they have lost it, and the rest has not. */
import { between, later, pick, restartLater } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

const ONE_WAY_CHANCE = 0.3;
/** A majority keeps a master that only so many lose. */
const FEW = 2;

export const halfCut: Fault = {
  name: 'master cut off from some',
  weight: 3,
  strike: (scene) => {
    const { cluster, random } = scene;
    const { machines } = cluster;
    const [master] = cluster.mastersInTerm;
    const last = pick(random, machines);
    if (master === undefined || last === null || last === master) return null;
    const others = machines.filter((machine) => machine !== master && (machine === last || random.next() < 0.6));
    const isOneWay = random.next() < ONE_WAY_CHANCE;
    later(scene, between(random, 1_500, 5_000), cut(scene, master, others, isOneWay));
    return `${master.name} from ${namesOf(others)}${isOneWay ? ', one way' : ''}`;
  },
};

/** The rest goes on with the master until it dies: then those that lag have waited the longest. */
export const laggardsLeft: Fault = {
  name: 'master dies after it was cut off from a few',
  weight: 0,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    if (master === undefined) return null;
    const few = cluster.machines
      .filter((machine) => machine !== master)
      .sort(() => random.next() - 0.5)
      .slice(0, FEW);
    const heal = cut(scene, master, few, false);
    later(scene, between(random, 1_200, 1_800), () => {
      heal();
      if (!master.holdsTerm) return;
      cluster.end(master, 'kill');
      restartLater(scene, master);
    });
    return `${master.name} from ${namesOf(few)}`;
  },
};

/** Answers the function that ends it. */
function cut(
  { cluster: { network } }: FaultScene,
  master: SimulatedNode,
  others: readonly SimulatedNode[],
  isOneWay: boolean,
): () => void {
  for (const { name } of others) {
    network.block(master.name, name);
    if (!isOneWay) network.block(name, master.name);
  }
  return () => {
    for (const { name } of others) {
      network.open(master.name, name);
      network.open(name, master.name);
    }
  };
}

function namesOf(machines: readonly SimulatedNode[]): string {
  return machines.map(({ name }) => name).join(' ');
}
