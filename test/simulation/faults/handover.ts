/** Office is handed over as planned, and then, at times, the worst happens to whoever gave it. */
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { promote } from '../operator/promote.js';
import { between, later, pick, restartLater, upMachines } from './fault.js';
import type { Fault, FaultScene } from './fault.js';

const MISHAPS = ['power', 'kill', 'cut off', 'frozen'] as const;
const MISHAP_CHANCE = 0.7;
/** The master had the others lag behind it when it was asked. */
const LAG_CHANCE = 0.8;

export const handover: Fault = {
  name: 'handed over',
  weight: 12,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInOffice;
    const able = upMachines(scene).filter(
      (machine) => machine !== master && machine.local?.master?.nodeId === master?.name && !isFrozen(machine),
    );
    const machine = pick(random, able);
    if (master === undefined || machine === null || isFrozen(master)) return null;
    const mishap = random.next() < MISHAP_CHANCE ? pick(random, MISHAPS) : null;
    const lagMs = random.next() < LAG_CHANCE ? letLag(scene) : 0;
    const stop = cluster.offices.onHandedOver((by, to) => {
      if (to !== machine.name || mishap === null) return;
      stop();
      later(scene, random.next() * 2, () => befall(scene, cluster.machine(by), mishap));
    });
    later(scene, lagMs, () => void handOver(cluster, machine, mishap).then(stop));
    return `${master.name} to ${machine.name}${mishap === null ? '' : `, then ${mishap}`}`;
  },
};

async function handOver(cluster: SimulatedCluster, machine: SimulatedNode, mishap: string | null): Promise<void> {
  const promoted = await promote(cluster, machine, { dryRun: false, force: false });
  const isDone = promoted.kind === 'answered' && promoted.view.handover !== null;
  const how = mishap === null ? '' : `, the old master ${mishap}`;
  cluster.count(isDone ? `handovers${how}` : 'handovers refused');
}

/** Makes the network slow, so that the master has records that nobody else has. Answers after how long to go on. */
function letLag(scene: FaultScene): number {
  const { network } = scene.cluster;
  const { random } = scene;
  network.spikeChance = 0.8;
  network.spikeMs = between(random, 40, 110);
  later(scene, 600, () => (network.spikeChance = 0));
  return between(random, 20, 200);
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
    const pairs = cluster.machines.flatMap((other) => [
      [machine.name, other.name] as const,
      [other.name, machine.name] as const,
    ]);
    for (const [from, to] of pairs) cluster.network.block(from, to);
    later(scene, between(random, 500, 6_000), () => {
      for (const [from, to] of pairs) cluster.network.open(from, to);
    });
  }
}

function isFrozen({ process }: SimulatedNode): boolean {
  return process?.isFrozen !== false;
}
