/** What must be true of nodes whose disk hangs: they say so, and nobody takes them for healthy. */
import { RecordKind, recordKind, recordLength } from '@replog/contracts/record.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedNode } from './simulated-node.js';

/** DISK_STALL, and the looks until the node knows. */
const NODE_KNOWS_MS = 800;
/** A ping more, and the time for its answer. */
const MASTER_KNOWS_MS = NODE_KNOWS_MS + 800;

/** Has the disk hung long enough, with its process running, that the node has to know? */
export function isKnownToHang(machine: SimulatedNode, ms = NODE_KNOWS_MS): boolean {
  return machine.disk.stuckMs > ms && hasRunFor(machine, ms);
}

interface Machines {
  readonly machines: readonly SimulatedNode[];
  readonly mastersInTerm: readonly SimulatedNode[];
}

/** No master calls a member healthy that stores nothing. */
export function checkStorage({ machines, mastersInTerm }: Machines): void {
  const hung = machines.filter((machine) => isKnownToHang(machine, MASTER_KNOWS_MS));
  if (hung.length === 0) return;
  for (const master of mastersInTerm.filter((machine) => hasRunFor(machine, MASTER_KNOWS_MS))) {
    const secondaries = master.door?.master?.term.registry.secondaries;
    for (const { name, local, disk } of hung) {
      if (local === null || secondaries?.isHealthy(local) !== true) continue;
      const sentence = `${master.name} calls ${name} HEALTHY, whose disk has hung for ${Math.round(disk.stuckMs)} ms`;
      throw new BrokenRule('storage', sentence);
    }
  }
}

/** A master whose disk hangs takes no message. */
export function checkTaken({ name, disk }: SimulatedNode, block: Buffer): void {
  for (let at = 0; at < block.length; at += recordLength(block, at)) {
    if (recordKind(block, at) !== RecordKind.Message) continue;
    throw new BrokenRule(
      'storage',
      `${name} takes a message, and its disk has hung for ${Math.round(disk.stuckMs)} ms`,
    );
  }
}

/** Has its process run for so long, without a freeze? */
export function hasRunFor({ process }: SimulatedNode, ms: number): boolean {
  return process !== null && !process.isFrozen && process.scheduler.nowMs - process.thawedAtMs > ms;
}
