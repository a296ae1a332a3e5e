/** Appends the checked records of a frame: skips records already stored, sets differing ones aside as orphans. */
import { ReplogError } from '@replog/contracts/errors.js';
import { decodeMembership } from '@replog/contracts/payloads.js';
import { RecordKind, decodeRecord, eachRecord, recordKind, recordLength } from '@replog/contracts/record.js';
import type { AppendFrame, RejectCode } from '@replog/contracts/frames.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { firstNewRecord } from '@replog/core/link/accept-append.js';
import { partsOf } from '@replog/log-store/shared/parts-of.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { tellElection } from '@replog/cluster/election/tell-election.js';
import { electionOf } from '@replog/cluster/history/elections.js';
import type { FollowerPorts } from './follower-ports.js';
import type { ForceSearch } from './force-search.js';

export interface Refusal {
  readonly code: RejectCode;
  readonly detail: string;
}

/** `requireCurrent` throws if the link or its master's epoch has ended meanwhile. Call it after every `await`. */
export type StorePorts = Pick<FollowerPorts, 'node' | 'logger' | 'metrics'> & {
  readonly segmentBytes: number;
  readonly forces: ForceSearch;
  readonly requireCurrent: () => void;
};

/** Returns `null`, or why the records are refused. */
export async function storeRecords(
  ports: StorePorts,
  frame: AppendFrame,
  previous: LogPosition,
  master: string,
): Promise<Refusal | null> {
  const { store } = ports.node;
  let from = 0;
  if (previous.index < store.last.index) {
    const held = await chainsAfter(store, previous.index, frame.records.length);
    ports.requireCurrent();
    const fresh = firstNewRecord(frame.records, previous, store.last, held);
    ({ from } = fresh);
    if (fresh.isDiverged) {
      const refusal = await giveUpCommitted(ports, frame.records.subarray(from), fresh.previous, master);
      if (refusal !== null) return refusal;
      await cut(ports, fresh.previous.index, { epoch: frame.epoch, master });
    }
  }
  const records = frame.records.subarray(from);
  for (const part of partsOf(records, ports.segmentBytes)) {
    const refusal = await append(ports, part);
    if (refusal !== null) return refusal;
  }
  return null;
}

async function append(ports: StorePorts, records: Buffer): Promise<Refusal | null> {
  const { node, requireCurrent } = ports;
  const { store } = node;
  try {
    while (!store.hasRoom(records.length)) await store.makeRoom(records.length);
  } catch (error) {
    // The frame knows one code for all that is lacking; its sentence says what.
    if (error instanceof ReplogError) return { code: 'STORAGE_FULL', detail: error.message };
    throw error;
  }
  requireCurrent();
  store.append(records);
  for (let at = 0; at < records.length; at += recordLength(records, at)) {
    const kind = recordKind(records, at);
    if (kind === RecordKind.Message) continue;
    const record = decodeRecord(records, at);
    if (kind === RecordKind.EpochStart) tellElection(ports, electionOf(record));
    else node.membershipWritten(decodeMembership(record.payload), record.index);
  }
  return null;
}

/**
 * The histories differ after `shared`, and the master has `records` there. A committed record is given up only where an
 * operator's force went on without it: then what this node knew of it is over.
 */
async function giveUpCommitted(
  { node, logger, forces, requireCurrent }: StorePorts,
  records: Buffer,
  shared: LogPosition,
  master: string,
): Promise<Refusal | null> {
  const { committed } = node;
  const { index } = shared;
  if (index >= committed) return null;
  const isForced = await forces.isForced(records, shared, master);
  requireCurrent();
  if (!isForced) {
    const detail = `the histories differ after ${index}, but every record up to ${committed} is committed here`;
    logger.error({ index, committed, master }, detail);
    return { code: 'DIVERGED', detail };
  }
  logger.warn(
    { index, committed, master },
    `an operator's force went on after ${index}: records up to ${committed} were committed here`,
  );
  node.uncommitAfter(index);
  return null;
}

/** Records of this log after `index` become orphans. */
async function cut(
  { node, logger }: StorePorts,
  index: number,
  reason: { epoch: number; master: string },
): Promise<void> {
  const set = await node.store.setAsideAfter(index, reason);
  await node.loadFromLog();
  if (set === null) return;
  logger.warn(
    { orphans: set.id, firstIndex: set.firstIndex, lastIndex: set.lastIndex, messages: set.messages },
    `records ${set.firstIndex} to ${set.lastIndex} are not in the history of ${reason.master}: set aside as orphans`,
  );
}

/** The chains of this log after `index`, as far as a frame of `bytes` can reach. */
async function chainsAfter(store: LogStore, index: number, bytes: number): Promise<Map<number, number>> {
  const chains = new Map<number, number>();
  let reached = 0;
  for (let next = index + 1; reached < bytes && next <= store.last.index;) {
    const block = await store.read(next, { maxBytes: Math.max(1, bytes - reached) });
    for (const record of eachRecord(block)) chains.set(record.index, record.chain);
    reached += block.length;
    next = index + 1 + chains.size;
  }
  return chains;
}
