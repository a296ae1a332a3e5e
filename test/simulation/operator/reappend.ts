/** `POST /orphans/{id}/reappend` under faults, for a set of some node. The end of the run checks the result. */
import type { Random } from '@replog/contracts/ports.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

interface Scene {
  readonly cluster: SimulatedCluster;
  readonly random: Random;
}

/** Answers whether the node is there to be asked. */
export function reappendSome({ cluster, random }: Scene, { door, process }: SimulatedNode): boolean {
  if (door === null || process?.isFrozen !== false) return false;
  const chance = random.next();
  const work = async (): Promise<void> => {
    const sets = await door.orphans.list();
    const set = sets[Math.floor(chance * sets.length)];
    if (set === undefined) return;
    const { appended, duplicates } = await door.orphans.reappend(set.id);
    cluster.count('orphans appended again under faults', appended);
    cluster.count('orphans that were there already under faults', duplicates);
  };
  work().catch(() => cluster.count('reappends refused'));
  return true;
}
