/** Faults from outside: processes die and freeze, networks break. */
import { aimed, claiming, lasting, requireMaster, start } from './scene.js';
import type { Fault, Scene } from './scene.js';
import type { Step } from './schedule.js';

export const kill: Fault = async (scene, step) => {
  const node = await aimed(scene, step);
  await claiming([node], async () => {
    await node.kill();
    scene.note(`${node.nodeId} killed`);
    await lasting(step.lastsMs);
    await start(scene, node);
  });
};

export const killEverybody: Fault = async (scene, { lastsMs }) => {
  const { nodes } = scene.cluster;
  await claiming(nodes, async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    scene.note('all nodes killed');
    await lasting(Math.min(lastsMs, 1_000));
    await Promise.all(nodes.map((node) => start(scene, node)));
  });
};

export const freeze: Fault = async (scene, step) => {
  const node = await aimed(scene, step);
  await claiming([node], async () => {
    node.freeze();
    scene.note(`${node.nodeId} frozen`);
    await lasting(step.lastsMs);
    node.thaw();
    scene.note(`${node.nodeId} thawed`);
  });
};

export const partTheMaster: Fault = async (scene, step) => {
  const { nodeId } = await requireMaster(scene);
  await part(scene, step, [nodeId], true);
};

export const partInTwo: Fault = async (scene, step) => {
  const names = scene.cluster.nodes.map(({ nodeId }) => nodeId);
  const first = Math.floor(step.dice * names.length);
  const turned = [...names.slice(first), ...names.slice(0, first)];
  await part(scene, step, turned.slice(0, names.length >> 1), true);
};

export const partOneWay: Fault = async (scene, step) => {
  await part(scene, step, [(await aimed(scene, step)).nodeId], false);
};

async function part(scene: Scene, step: Step, side: readonly string[], bothWays: boolean): Promise<void> {
  const { network, nodes } = scene.cluster;
  const { partitions } = network;
  const others = nodes.map(({ nodeId }) => nodeId).filter((nodeId) => !side.includes(nodeId));
  const how = (step.dice * 1000) % 2 < 1 ? 'silent' : 'refused';
  const heal = [partitions.cut(side, others, how), ...(bothWays ? [partitions.cut(others, side, how)] : [])];
  const names = `${side.join(', ')} ${bothWays ? '|' : 'does not reach'} ${others.join(', ')}`;
  scene.note(`parted (${how}): ${names}`);
  await lasting(step.lastsMs);
  for (const end of heal) end();
  scene.note(`healed: ${names}`);
}
