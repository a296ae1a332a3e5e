/** What a node needs is not there for a while: room or an answer of its disk, its connections, descriptors. Its process lives. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { aimed, claiming, lasting, NotNow, otherThan, requireMaster } from './scene.js';
import type { Fault } from './scene.js';

/** So little that the next segment finds no room. */
const LEFT_BYTES = 32 * 1024;

export const fillTheDisk: Fault = async (scene, { dice, lastsMs }) => {
  const small = scene.cluster.nodes.filter(({ disk }) => disk !== null);
  const node = small[Math.floor(dice * small.length)];
  const disk = node?.disk ?? null;
  if (node === undefined || disk === null) throw new NotNow('no node has a small disk');
  await claiming([node], async () => {
    disk.fill(LEFT_BYTES);
    scene.note(`disk of ${node.nodeId} full`);
    await lasting(lastsMs);
    disk.makeRoom();
    scene.note(`disk of ${node.nodeId} has room`);
  });
};

/** Every write and sync of it waits; nothing fails. */
export const hangTheDisk: Fault = async ({ cluster, note }, { lastsMs }) => {
  const node = cluster.nodes.find(({ freezable }) => freezable !== null);
  const disk = node?.freezable ?? null;
  if (node === undefined || disk === null) throw new NotNow(`no disk can be frozen: ${cluster.whyNoFreezing}`);
  await claiming([node], async () => {
    disk.freeze();
    note(`disk of ${node.nodeId} hangs`);
    await lasting(lastsMs);
    disk.thaw();
    note(`disk of ${node.nodeId} answers again`);
  });
};

/** The connections from the master to a node are forgotten on the way: they stay open and carry nothing. New ones work. */
export const forgetTheLinks: Fault = async (scene, { dice, lastsMs }) => {
  const master = await requireMaster(scene);
  const node = otherThan(master, scene, dice);
  const { heal, count } = scene.cluster.network.forget(master.nodeId, node.nodeId);
  if (count === 0) throw new NotNow('the master has no connection to it');
  scene.note(`${count} connections from ${master.nodeId} to ${node.nodeId} forgotten`);
  await lasting(lastsMs);
  heal();
  scene.note(`connections from ${master.nodeId} to ${node.nodeId} remembered, as far as they are still open`);
};

/** So few more than it has open. */
const DESCRIPTORS_LEFT = 1;

export const noDescriptors: Fault = async (scene, step) => {
  const node = await aimed(scene, step);
  await claiming([node], async () => {
    const before = limitOf(node);
    const open = readdirSync(`/proc/${node.process.pid}/fd`).length;
    limit(node, `${open + DESCRIPTORS_LEFT}:${before.hard}`);
    scene.note(`${node.nodeId} may open ${DESCRIPTORS_LEFT} file more`);
    await lasting(step.lastsMs);
    // It may have ended by itself, which is a fault that is noticed.
    if (node.process.isRunning) limit(node, `${before.soft}:${before.hard}`);
    scene.note(`${node.nodeId} may open files again`);
  });
};

function limitOf({ process }: ChaosNode): { soft: string; hard: string } {
  if (spawnSync('prlimit', ['--version']).status !== 0) throw new NotNow('the command prlimit is missing (util-linux)');
  const limits = readFileSync(`/proc/${process.pid}/limits`, 'utf8');
  const [, soft = '', hard = ''] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
  return { soft, hard };
}

function limit({ process }: ChaosNode, limits: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${limits}`]);
  if (status !== 0) throw new NotNow(`prlimit: ${String(stderr).trim()}`);
}
