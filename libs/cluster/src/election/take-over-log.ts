/**
 * Makes this log equal to the most advanced one among the voters: finds where the two logs differ, sets the differing
 * end of this log aside, and fetches the missing records. Each record is checked, and all are durable on return.
 */
import {
  LOG_START,
  RecordKind,
  decodeRecord,
  findRecordFault,
  recordKind,
  recordLength,
  recordPosition,
} from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { Voter } from '@replog/core/election/campaign.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { partsOf } from '@replog/log-store/shared/parts-of.js';
import { commonIndex } from '../peers/common-index.js';
import { electionOf } from '../history/elections.js';
import type { LocalNode } from '../node/local-node.js';
import type { NodeParts } from '../node/node-parts.js';
import { tellElection } from './tell-election.js';

const CALL = { timeoutMs: 10_000 };

/** `epoch`: the epoch this node campaigns for. Damage found in this log is reported. */
export async function takeOverLog(parts: NodeParts, from: Voter, epoch: number): Promise<void> {
  try {
    await takeOver(parts, from, epoch);
  } catch (error) {
    if (error instanceof CorruptRecordError) parts.damage.report(error, 'on taking over a log');
    throw error;
  }
}

async function takeOver(parts: NodeParts, from: Voter, epoch: number): Promise<void> {
  const { node, logger } = parts;
  const { store } = node;
  const url = from.url;
  if (url === null) throw new Error(`${from.nodeId} has the most advanced log but no address`);
  const common = await commonIndex(
    (index) => store.positionAt(index),
    (index) => parts.transport.position(url, index, CALL),
    Math.min(from.last.index, store.last.index),
  );
  requireHeld(node, epoch);
  const orphans = await store.setAsideAfter(common, { epoch, master: node.nodeId });
  if (orphans !== null) {
    logger.warn(
      { orphans: orphans.id, firstIndex: orphans.firstIndex, lastIndex: orphans.lastIndex, messages: orphans.messages },
      `records ${orphans.firstIndex} to ${orphans.lastIndex} are not in the history of the majority: set aside as orphans`,
    );
  }
  for (let next = common + 1; next <= from.last.index; next = store.last.index + 1) {
    const block = await parts.transport.records(url, next, CALL);
    if (block.length === 0) throw new Error(`${from.nodeId} returned no record ${next}, although its log has it`);
    for (const part of partsOf(block, parts.config.segmentBytes)) await appendFetched(parts, from, part, epoch);
  }
  await store.whenDurable(store.last.index);
  await node.loadFromLog();
  logger.info(
    { from: from.nodeId, lastIndex: store.last.index },
    `took over the log of ${from.nodeId} up to ${store.last.index}`,
  );
}

function requireFollows(block: Buffer, last: LogPosition, nodeId: string): void {
  let previous = last.index === 0 ? LOG_START : last;
  for (let at = 0; at < block.length; at += recordLength(block, at)) {
    const fault = findRecordFault(block, at, block.length, previous);
    if (fault !== null)
      throw new Error(`${nodeId} returned a record after ${previous.index} that does not follow (${fault})`);
    previous = recordPosition(block, at);
  }
}

/** Once this node has voted for a newer master, only the link of that master may write here. */
function requireHeld(node: LocalNode, epoch: number): void {
  if (node.epoch > epoch) throw new Error(`epoch ${node.epoch} now belongs to another candidate`);
}

async function appendFetched(parts: NodeParts, from: Voter, block: Buffer, epoch: number): Promise<void> {
  const { node } = parts;
  const { store } = node;
  while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
  requireHeld(node, epoch);
  requireFollows(block, store.last, from.nodeId);
  store.append(block);
  for (let at = 0; at < block.length; at += recordLength(block, at))
    if (recordKind(block, at) === RecordKind.EpochStart) tellElection(parts, electionOf(decodeRecord(block, at)));
  await store.whenDurable(store.last.index);
}
