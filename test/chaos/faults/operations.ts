/** What operators do to a cluster, at bad moments. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { ADMIN } from '../cluster/operator.js';
import { orphansOnDisk } from '../judging/orphans-of.js';
import { lastRecordOf, requireNobodyHarmed } from './copies.js';
import { aimed, claiming, lasting, NotNow, otherThan, requireMaster, start } from './scene.js';
import type { Fault, Scene } from './scene.js';

const REMOVAL_PATIENCE_MS = 6_000;
/** With other faults under way no majority may be there. */
const REPLACED_WITHIN_MS = 15_000;

/** Promotion while the master lives: it is asked to transfer its term. */
export const transfer: Fault = async (scene, { dice }) => {
  const master = await requireMaster(scene);
  await orderTransfer(scene, otherThan(master, scene, dice));
};

/** Nobody does anything: the others elect the next one while the old one is away. */
export const killTheMaster: Fault = async (scene, { lastsMs }) => {
  const master = await requireMaster(scene);
  const wasAlone = scene.underWay === 1;
  await claiming([master], async () => {
    const commandedMs = performance.now();
    await master.kill();
    scene.note(`${master.nodeId}, the master, killed`);
    const isReplaced = async (): Promise<boolean> => {
      const next = await scene.operator.master();
      return next !== null && next !== master;
    };
    const isDone = await eventually('there is another master', isReplaced, { withinMs: REPLACED_WITHIN_MS }).catch(
      () => false,
    );
    const isClean = wasAlone && scene.underWay === 1;
    if (isDone) scene.changes.push({ kind: 'failover', commandedMs, answeredMs: performance.now(), isClean });
    else scene.note('there is no other master yet');
    await lasting(lastsMs);
    await start(scene, master);
  });
};

export const restartInOrder: Fault = async (scene, step) => {
  const node = await aimed(scene, step);
  await claiming([node], async () => {
    await node.stop();
    scene.note(`${node.nodeId} stopped in order`);
    await lasting(step.lastsMs / 3);
    await start(scene, node);
  });
};

/** Taken out, wiped, and back under its name: another incarnation. */
export const replaceAMember: Fault = async (scene, { dice, lastsMs }) => {
  await requireNobodyHarmed(scene);
  const master = await requireMaster(scene);
  const node = otherThan(master, scene, dice);
  await claiming([node], async () => {
    const removal = await master
      .client(REMOVAL_PATIENCE_MS)
      .request('DELETE', `/secondaries/${node.nodeId}`, { headers: ADMIN })
      .catch(() => null);
    if (removal?.status !== 204) throw new NotNow(`the removal was answered ${removal?.status ?? 'not at all'}`);
    scene.note(`${node.nodeId} taken out by ${master.nodeId}`);
    await node.kill();
    // Its orphans may be the last copy of a write that asked for less than a majority.
    scene.savedOrphans.push(orphansOnDisk(node));
    wipe(node, master);
    await lasting(lastsMs / 3);
    scene.note(`${node.nodeId} wiped`);
    await start(scene, node);
  });
};

/** A small disk is a mount: its content goes, the mount stays. */
export function wipe(node: ChaosNode, master: ChaosNode): void {
  node.followsFromNowOn(master);
  const last = lastRecordOf(node);
  if (last !== null) node.harmed = { ...last, sinceMs: performance.now() };
  for (const name of readdirSync(node.process.dataDir)) {
    rmSync(join(node.process.dataDir, name), { recursive: true, force: true });
  }
}

async function orderTransfer(scene: Scene, node: ChaosNode): Promise<void> {
  const wasAlone = scene.underWay === 1;
  const commandedMs = performance.now();
  const answer = await scene.operator.promote(node);
  const said = answer === null ? 'no answer' : `${answer.status} ${answer.body.code ?? answer.body.outcome}`;
  scene.note(`transfer: ${node.nodeId} promoted: ${said}`);
  if (answer?.status !== 200 || answer.body.outcome !== 'promoted') return;
  const isClean = wasAlone && scene.underWay === 1;
  scene.changes.push({ kind: 'transfer', commandedMs, answeredMs: performance.now(), isClean });
}
