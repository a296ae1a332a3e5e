/** A planned transfer. Often something happens to the old master right after it. */
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { promote } from '../operator/promote.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { isolate } from './isolation.js';

const MISHAPS = ['power', 'kill', 'cut off', 'frozen'] as const;
const MISHAP_CHANCE = 0.8;
/** The secondaries lag when the transfer is asked for. */
const LAG_CHANCE = 0.8;
/** Writers with `wc=0` keep the master busy meanwhile. */
const BURST_CHANCE = 0.85;
/** Of the lags: only the links are slow, calls are not. */
const LINKS_ALONE_CHANCE = 0.7;

export const transfer: Fault = {
  name: 'transferred',
  weight: 12,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    const able = upMachines(scene).filter(
      (machine) => machine !== master && machine.local?.master?.nodeId === master?.name && !isFrozen(machine),
    );
    const machine = pick(random, able);
    if (master === undefined || machine === null || isFrozen(master)) return null;
    const mishap = random.next() < MISHAP_CHANCE ? pick(random, MISHAPS) : null;
    const lagMs = random.next() < LAG_CHANCE ? letLag(scene) : 0;
    const stop = cluster.terms.onTransferred((by, to) => {
      if (to !== machine.name || mishap === null) return;
      stop();
      later(scene, random.next() * 2, () => befall(scene, cluster.machine(by), mishap));
    });
    if (random.next() < BURST_CHANCE) later(scene, lagMs * random.next(), () => sendUnshared(scene, master));
    later(scene, lagMs, () => void transferTo(cluster, machine, mishap).then(stop));
    return `${master.name} to ${machine.name}${mishap === null ? '' : `, then ${mishap}`}`;
  },
};

async function transferTo(cluster: SimulatedCluster, machine: SimulatedNode, mishap: string | null): Promise<void> {
  const promoted = await promote(cluster, machine, { dryRun: false, force: false });
  const how = mishap === null ? '' : `, the old master ${mishap}`;
  if (promoted.kind === 'refused') cluster.count(`transfers refused: ${promoted.code}`);
  else cluster.count(promoted.view.transfer === null ? 'transfers without a master' : `transfers${how}`);
}

/**
 * Slows down the network, or only the links, so that the master has records that no other node has. Answers how long
 * to wait.
 */
function letLag(scene: FaultScene): number {
  const { network } = scene.cluster;
  const { random } = scene;
  if (random.next() < LINKS_ALONE_CHANCE) {
    network.linkLagMs = between(random, 200, 1_200);
    later(scene, 1_200, () => (network.linkLagMs = 0));
  } else {
    network.spikeChance = 0.8;
    network.spikeMs = between(random, 40, 110);
    later(scene, 600, () => (network.spikeChance = 0));
  }
  return between(random, 20, 200);
}

function sendUnshared({ burst, random }: FaultScene, master: SimulatedNode): void {
  const requests = 4 + Math.floor(random.next() * 8);
  burst(random, master, { requests, concerns: [0, 0, 1], withinMs: between(random, 20, 250), batchChance: 0.1 });
}

function befall(scene: FaultScene, machine: SimulatedNode, mishap: (typeof MISHAPS)[number]): void {
  const { cluster, random } = scene;
  const { process } = machine;
  if (process === null) return;
  if (mishap === 'power' || mishap === 'kill') {
    cluster.end(machine, mishap);
    restartLater(scene, machine);
  } else if (mishap === 'frozen') {
    process.freeze();
    later(scene, between(random, 100, 5_000), () => process.thaw());
  } else {
    const letBack = isolate(scene, machine);
    later(scene, between(random, 500, 6_000), letBack);
  }
}

function isFrozen({ process }: SimulatedNode): boolean {
  return process?.isFrozen !== false;
}
