/** Ends every fault and waits, within a bound, until the cluster is whole again: that it gets there is part of the test. */
import type { NodeLog } from '../checkers/history.js';
import { eventually } from '../support/eventually.js';
import type { ChaosNode } from './cluster/chaos-node.js';
import { wipe } from './faults/operations.js';
import type { Scene } from './faults/scene.js';
import { orphansOnDisk } from './judging/orphans-of.js';

const WITHIN_MS = 240_000;
const READ_PATIENCE_MS = 30_000;
const REFUSED = 'it serves nothing until it is started again';

export function endFaults({ cluster, note }: Scene): void {
  cluster.network.partitions.heal();
  for (const node of cluster.nodes) {
    if (node.condition === 'frozen') node.thaw();
    if (node.condition === 'down') node.start();
  }
  note('everything is healed');
}

/** All nodes but the master are HEALTHY members. */
export async function allMembers(scene: Scene): Promise<void> {
  const { cluster, operator } = scene;
  await eventually(
    'all nodes are members',
    async () => {
      const master = await operator.master();
      if (master === null) return false;
      const members = await operator.members(master);
      const healthy = new Set(members.filter(({ state }) => state === 'HEALTHY').map(({ nodeId }) => nodeId));
      const missing = cluster.nodes.filter((node) => node !== master && !healthy.has(node.nodeId));
      for (const node of missing)
        if (!members.some(({ nodeId }) => nodeId === node.nodeId)) await readmit(scene, node, master);
      return missing.length === 0;
    },
    { withinMs: WITHIN_MS },
  );
}

/** All logs are the same. */
export async function agree({ cluster }: Scene): Promise<readonly NodeLog[]> {
  return eventually(
    'all nodes hold the same messages',
    async () => {
      const ends = await Promise.all(cluster.nodes.map((node) => node.client(READ_PATIENCE_MS).cluster()));
      if (ends.some(({ lastIndex, committed }) => lastIndex !== ends[0]?.lastIndex || committed !== lastIndex))
        return false;
      return Promise.all(
        cluster.nodes.map(async (node) => ({
          nodeId: node.nodeId,
          messages: await node.client(READ_PATIENCE_MS).messages(),
        })),
      );
    },
    { withinMs: WITHIN_MS },
  );
}

/** Its removal went through though its answer was lost: wiped and started again, it joins anew. */
async function readmit(scene: Scene, node: ChaosNode, master: ChaosNode): Promise<void> {
  const isRefused = node.process.output.slice(node.outputSeen).includes(REFUSED);
  if (!isRefused) return;
  node.outputSeen = node.process.output.length;
  scene.note(`${node.nodeId} was taken out after all: it is wiped and started`);
  await node.kill();
  scene.savedOrphans.push(orphansOnDisk(node));
  wipe(node, master);
  node.start();
}
