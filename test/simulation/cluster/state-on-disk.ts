/** The node state on a machine's disk after a crash now, whether a process runs there or not. */
import type { NodeState } from '@replog/log-store/state/node-state.js';
import type { SimulatedNode } from './simulated-node.js';

/** `null` on an empty disk. */
export function stateOn(machine: SimulatedNode): NodeState | null {
  const bytes = machine.disk.files.durableContentOf(`${machine.directory}/node.json`);
  if (bytes === null || bytes.length === 0) return null;
  return (JSON.parse(bytes.toString()) as { value: NodeState }).value;
}

/** The incarnation that counts: `null` also where its disk was restored from an older copy, until it has a new one. */
export function incarnationOn(machine: SimulatedNode): string | null {
  const incarnation = stateOn(machine)?.incarnation ?? null;
  return incarnation === null || machine.forgotten.has(incarnation) ? null : incarnation;
}
