/** A data directory is copied: put back when it is old, or started beside the one it was copied from. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecordKind } from '@replog/contracts/record.js';
import type { NodeLog } from '../../checkers/history.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { orphansOnDisk } from '../judging/orphans-of.js';
import { lastRecordOf, recordsOf, requireNobodyHarmed, segmentsOf } from './copies.js';
import { aimed, claiming, lasting, NotNow, requireMaster, start } from './scene.js';
import type { Fault, Scene } from './scene.js';
import type { Step } from './schedule.js';

/**
 * The node comes back with less than it acknowledged, and may have forgotten a vote. No other node needs to have what it loses:
 * a message that a majority acknowledged survives the loss of one copy, and the node does not vote before it has caught up.
 * What fewer acknowledged may have been here alone; the operator keeps the newer directory, and it counts as set aside.
 */
export const restoreACopy: Fault = async (scene, step) => {
  await requireNobodyHarmed(scene);
  await withCopy(scene, step, async (node, copy) => {
    const copied = lastRecordOf(node);
    await start(scene, node);
    await lasting(step.lastsMs);
    await node.kill();
    const last = lastRecordOf(node);
    if (last === null || copied === null) throw new NotNow('there is nothing on its disk');
    scene.savedOrphans.push(orphansOnDisk(node));
    scene.savedTails.push(messagesAfter(node, copied.index));
    node.harmed = { ...last, sinceMs: performance.now() };
    empty(node.process.dataDir);
    cpSync(copy, node.process.dataDir, { recursive: true });
    scene.note(`${node.nodeId} restored: its log ends at ${copied.index}, and ended at ${last.index}`);
  });
};

/** Two with one identity: the second one is refused, and the cluster does not waver. */
export const runAClone: Fault = async (scene, step) => {
  await withCopy(scene, step, async (node, copy, folder) => {
    await start(scene, node);
    const clone = await scene.cluster.cloneOf(node, await requireMaster(scene), folder);
    cpSync(copy, clone.dataDir, { recursive: true });
    try {
      clone.start();
      scene.note(`a clone of ${node.nodeId} started`);
      await lasting(step.lastsMs);
    } finally {
      await clone.kill();
      scene.note(`the clone of ${node.nodeId} taken away`);
    }
  });
};

/** While `body` runs the node is claimed. It is down, and copied, at its begin, and runs after its end. */
async function withCopy(
  scene: Scene,
  step: Step,
  body: (node: ChaosNode, copy: string, folder: string) => Promise<void>,
): Promise<void> {
  const node = await aimed(scene, step);
  const folder = mkdtempSync(join(scene.cluster.root, 'copied-'));
  const copy = join(folder, 'copy');
  try {
    await claiming([node], async () => {
      await node.stop();
      cpSync(node.process.dataDir, copy, { recursive: true });
      scene.note(`${node.nodeId} stopped in order, and its directory copied`);
      try {
        await body(node, copy, folder);
      } finally {
        if (node.condition === 'down') await start(scene, node);
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function messagesAfter(node: ChaosNode, index: number): NodeLog {
  const records = segmentsOf(node).flatMap(recordsOf);
  const messages = records
    .filter((record) => record.kind === RecordKind.Message && record.index > index)
    .map(({ seq, epoch, key, text }) => ({ seq, epoch, key, timestamp: '', message: JSON.parse(text) as unknown }));
  return { nodeId: node.nodeId, messages };
}

/** The directory itself may be a mount. */
function empty(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}
