/** What a node holds: open descriptors, as the system counts them, and live memory, when its garbage has been collected. */
import { readdirSync, readlinkSync } from 'node:fs';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';

const MIB = 1024 * 1024;
const WITHIN_MS = 30_000;
/** Looks in a row that find the same. */
const SAME_LOOKS = 5;
const LOOK_EVERY_MS = 100;
/** How much more is still the same: a tenth, or as much as a node takes and gives by itself. */
const SHARE = 0.1;
const FEW_DESCRIPTORS = 4;
const LITTLE_MEMORY_BYTES = 4 * MIB;

export interface Held {
  readonly descriptors: number;
  /** The heap, and what lies outside of it for objects of the heap (buffers). */
  readonly memoryBytes: number;
  /** All that the system counts, the allocator's reserves included: for the report only. */
  readonly residentBytes: number;
}

/** When the connections of the clients are gone and the number of descriptors has come to rest. */
export async function heldAtRest(node: NodeProcess): Promise<Held> {
  let same = 0;
  let last = 0;
  const rests = (): boolean => {
    const now = descriptorsOf(node);
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= SAME_LOOKS;
  };
  await eventually(`${node.nodeId} rests`, rests, { withinMs: WITHIN_MS, everyMs: LOOK_EVERY_MS });
  return heldNow(node);
}

/** Waits, within a bound, until it holds about as much as before. Answers what it still holds too much of, in words. */
export async function isBackAt(before: Held, node: NodeProcess): Promise<{ held: Held; faults: string[] }> {
  let held = await heldNow(node);
  let faults = faultsOf(before, held);
  const look = async (): Promise<boolean> => {
    held = await heldNow(node);
    faults = faultsOf(before, held);
    return faults.length === 0;
  };
  await eventually('it is back', look, { withinMs: WITHIN_MS, everyMs: LOOK_EVERY_MS }).catch(() => undefined);
  return {
    held,
    faults: faults.map(
      (fault) => `${node.nodeId} ${fault}${held.descriptors > before.descriptors ? ` (${descriptorKinds(node)})` : ''}`,
    ),
  };
}

export function faultsOf(before: Held, now: Held): string[] {
  const faults: string[] = [];
  if (now.descriptors > before.descriptors + Math.max(FEW_DESCRIPTORS, before.descriptors * SHARE)) {
    faults.push(`has ${now.descriptors} descriptors open, and had ${before.descriptors}`);
  }
  if (now.memoryBytes > before.memoryBytes + Math.max(LITTLE_MEMORY_BYTES, before.memoryBytes * SHARE)) {
    faults.push(`holds ${inMiB(now.memoryBytes)} MiB of live memory, and held ${inMiB(before.memoryBytes)}`);
  }
  return faults;
}

export function inMiB(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

async function heldNow(node: NodeProcess): Promise<Held> {
  node.signal('SIGUSR2');
  const { body } = await node.client.get<string>('/metrics');
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
  return {
    descriptors: descriptorsOf(node),
    memoryBytes: figure('nodejs_heap_size_used_bytes') + figure('nodejs_external_memory_bytes'),
    residentBytes: node.residentBytes,
  };
}

function descriptorsOf(node: NodeProcess): number {
  return readdirSync(`/proc/${node.pid}/fd`).length;
}

/** For whoever looks for the reason: which are sockets, and which files. */
function descriptorKinds({ pid }: NodeProcess): string {
  const times = new Map<string, number>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const kind = kindOf(`/proc/${pid}/fd/${name}`);
    times.set(kind, (times.get(kind) ?? 0) + 1);
  }
  return [...times].map(([kind, count]) => `${count} × ${kind}`).join(', ');
}

function kindOf(path: string): string {
  try {
    return readlinkSync(path).replace(/:\[.*/, '');
  } catch {
    return 'closed meanwhile';
  }
}
