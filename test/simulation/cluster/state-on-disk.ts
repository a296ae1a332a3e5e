/** The node state on a machine's disk after a crash now, whether a process runs there or not. */
import type { NodeState } from '@replog/log-store/state/node-state.js';
import type { SimulatedNode } from './simulated-node.js';

/** `null` on an empty disk. */
export function stateOn(machine: SimulatedNode): NodeState | null {
  const bytes = machine.disk.files.durableContentOf(`${machine.directory}/node.json`);
  if (bytes === null || bytes.length === 0) return null;
  return (JSON.parse(bytes.toString()) as { value: NodeState }).value;
}

export function incarnationOn(machine: SimulatedNode): string | null {
  return stateOn(machine)?.incarnation ?? null;
}
