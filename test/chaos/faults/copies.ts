/**
 * Which disks hold what, read from the files. A fault may destroy a copy only if a majority of all nodes, without this one
 * and those harmed before, has every record of it. Then nothing is lost, whoever becomes master. No cluster could survive
 * more, so more would prove nothing.
 */
import { readFileSync } from 'node:fs';
import { readRecords } from '../../checkers/records/stored-record.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import { segmentFiles } from '../../support/segment-files.js';
import type { SegmentFile } from '../../support/segment-files.js';
import { eventually } from '../../support/eventually.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { LOOK_EVERY_MS, NotNow } from './scene.js';
import type { Scene } from './scene.js';

/** Before that the master may not have noticed that the node is another incarnation. */
const SETTLED_MS = 4_000;
const MENDED_WITHIN_MS = 6_000;

export interface Place {
  readonly index: number;
  readonly chain: number;
}

export function recordsOf(segment: SegmentFile): StoredRecord[] {
  return readRecords(readFileSync(segment.path), 0, null);
}

export function segmentsOf(node: ChaosNode): SegmentFile[] {
  try {
    return segmentFiles(node.process.dataDir).filter(({ records }) => records.length > 0);
  } catch {
    return [];
  }
}

/** Where its log ends on disk. */
export function lastRecordOf(node: ChaosNode): Place | null {
  const segment = segmentsOf(node).at(-1);
  const last = segment === undefined ? undefined : recordsOf(segment).at(-1);
  return last === undefined ? null : { index: last.index, chain: last.chain };
}

/** The same chain means that everything before is the same too. */
export function holds(node: ChaosNode, { index, chain }: Place): boolean {
  const segment = segmentsOf(node).findLast(({ records }) => (records[0]?.index ?? Infinity) <= index);
  return segment !== undefined && recordsOf(segment).some((one) => one.index === index && one.chain === chain);
}

/** Throws NotNow if harm to `node`, which is down, could cost more than its own copies. */
export function requireCopiesElsewhere(node: ChaosNode, { cluster }: Scene): Place {
  const last = lastRecordOf(node);
  if (last === null) throw new NotNow('there is nothing on its disk');
  const majority = Math.floor(cluster.nodes.length / 2) + 1;
  const copies = cluster.nodes.filter((other) => other !== node && other.harmed === null && holds(other, last));
  if (copies.length < majority) throw new NotNow(`only ${copies.length} others hold all that ${node.nodeId} has`);
  return last;
}

/** Throws NotNow if, after a while, a node harmed before has still not got its records back. */
export async function requireNobodyHarmed(scene: Scene): Promise<void> {
  const bound = { withinMs: MENDED_WITHIN_MS, everyMs: LOOK_EVERY_MS };
  await eventually('nobody lacks anything', () => isNobodyHarmed(scene), bound).catch(() => {
    throw new NotNow('another node has not yet got back what it lost');
  });
}

/** Checks which nodes harmed before have their records back and count again. */
async function isNobodyHarmed({ cluster, operator }: Scene): Promise<boolean> {
  const harmed = cluster.nodes.filter((node) => node.harmed !== null);
  if (harmed.length === 0) return true;
  const master = await operator.master();
  const members = master === null ? [] : await operator.members(master);
  for (const node of harmed) {
    const isSettled = performance.now() - (node.harmed?.sinceMs ?? 0) > SETTLED_MS;
    const isMember = node === master || members.some((one) => one.nodeId === node.nodeId && one.state === 'HEALTHY');
    if (isSettled && isMember && holdsAgain(node)) node.harmed = null;
  }
  return cluster.nodes.every((node) => node.harmed === null);
}

/** Its records may have been orphaned meanwhile. Then its log has passed that index in a newer history. */
function holdsAgain(node: ChaosNode): boolean {
  const last = lastRecordOf(node);
  return last !== null && node.harmed !== null && last.index >= node.harmed.index;
}
