/**
 * The master is cut off from some of the others, which still reach each other: they have lost it, and the rest has not. Often it
 * dies then, and those that lag have waited the longest.
 */
import { between, later, pick, restartLater } from './fault.js';
import type { Fault } from './fault.js';

const ONE_WAY_CHANCE = 0.3;
const DIES_CHANCE = 0.5;

export const halfCut: Fault = {
  name: 'master cut off from some',
  weight: 3,
  strike: (scene) => {
    const { cluster, random } = scene;
    const { network, machines } = cluster;
    const [master] = cluster.mastersInTerm;
    const last = pick(random, machines);
    if (master === undefined || last === null || last === master) return null;
    const others = machines.filter((machine) => machine !== master && (machine === last || random.next() < 0.6));
    const isOneWay = random.next() < ONE_WAY_CHANCE;
    for (const { name } of others) {
      network.block(master.name, name);
      if (!isOneWay) network.block(name, master.name);
    }
    const dies = random.next() < DIES_CHANCE;
    later(scene, between(random, 1_500, 5_000), () => {
      if (dies && master.holdsTerm) {
        cluster.end(master, 'kill');
        restartLater(scene, master);
      }
      for (const { name } of others) {
        network.open(master.name, name);
        network.open(name, master.name);
      }
    });
    return `${master.name} from ${others.map(({ name }) => name).join(' ')}${isOneWay ? ', one way' : ''}`;
  },
};
