/** The phase of faults: clients work, and one fault follows the other. */
import type { Random } from '@replog/contracts/ports.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import { restartLater } from '../faults/fault.js';
import { Misfortune } from '../faults/misfortune.js';
import type { MisfortuneSetting, Strike } from '../faults/misfortune.js';
import { Burst } from '../load/burst.js';
import type { Clients } from '../load/clients.js';
import { beginLoad } from '../load/load.js';

export interface FaultPhaseSetting extends Pick<MisfortuneSetting, 'without' | 'only' | 'after' | 'story'> {
  readonly cluster: SimulatedCluster;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly clients: Clients;
  readonly chance: (part: string) => Random;
  readonly struck: (strike: Strike) => void;
  /** Runs events until `holds`. */
  readonly runUntil: (holds: () => boolean) => Promise<unknown>;
}

/** Resolves after so many events. The clients go on. */
export async function sufferFaults(setting: FaultPhaseSetting, steps: number): Promise<void> {
  const { cluster, scheduler, trace, clients, chance } = setting;
  let isOver = false;
  const bursts = new Burst(clients);
  const scene = {
    ...{ cluster, scheduler, isOver: () => isOver },
    burst: (...order: Parameters<Burst['begin']>) => bursts.begin(...order),
  };
  const struck = (strike: Strike): void => {
    setting.struck(strike);
    cluster.count(`fault: ${strike.fault}`);
    trace.add('fault', `${strike.number} ${strike.fault}: ${strike.what}`);
  };
  cluster.onFailed = (machine) =>
    restartLater({ ...scene, random: chance(`restart ${machine.name} ${machine.life}`) }, machine);
  cluster.when = 'under faults';
  beginLoad(clients);
  new Misfortune(scene, { ...setting, struck }).begin();
  const lastStep = scheduler.steps + steps;
  await setting.runUntil(() => scheduler.steps >= lastStep);
  isOver = true;
  cluster.when = 'later';
}
