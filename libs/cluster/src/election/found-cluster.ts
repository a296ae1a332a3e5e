/**
 * The first master of an empty directory starts the cluster with epoch 1 and a membership of itself. The vote for epoch
 * 1 comes first and is durable, so after a crash in between only the next start of this node completes it. A node that
 * has lost its log to a repair is another incarnation: its cluster exists, and epoch 1 is over.
 */
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import type { EpochStart } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import type { NodeParts } from '../node/node-parts.js';

const FIRST_EPOCH = 1;

export function mayFound({ node }: Pick<NodeParts, 'node'>): boolean {
  const { clusterId, promised, founder } = node.state.current;
  // It may have the founding records of a cluster that it was about to give up, but no messages.
  if (clusterId === null) return node.store.last.seq === 0;
  return node.store.last.index === 0 && founder === node.incarnation && promised?.epoch === FIRST_EPOCH;
}

/** Returns the index of the first record of the epoch, which is durable then. */
export async function foundCluster({ node, clock, random, logger, metrics }: NodeParts): Promise<number> {
  const clusterId = node.clusterId ?? random.uuid();
  // Only a node that was stopped while it gave up a cluster has records and no cluster.
  await node.store.setAsideAfter(0, { epoch: FIRST_EPOCH, master: node.nodeId });
  node.raiseEpoch(FIRST_EPOCH);
  const promised = { epoch: FIRST_EPOCH, to: node.nodeId };
  await node.state.save({ clusterId, promised, founder: node.incarnation });
  const membership = {
    members: [{ nodeId: node.nodeId, incarnation: node.incarnation, url: node.url ?? '' }],
    removed: [],
  };
  const base = { epoch: FIRST_EPOCH, timestampMs: node.times.at(clock.wallMs()), key: null };
  const start: EpochStart = { clusterId, master: node.nodeId, cause: 'founded', votes: [node.nodeId], without: [] };
  const drafts: RecordDraft[] = [
    { ...base, kind: RecordKind.EpochStart, payload: encodePayload(start) },
    { ...base, kind: RecordKind.Membership, payload: encodePayload(membership) },
  ];
  const first = node.store.last.index + 1;
  const { bytes, last } = encodeRecords(drafts, node.store.last);
  await node.store.makeRoom(bytes.length);
  node.store.append(bytes);
  await node.store.whenDurable(last.index);
  node.membershipWritten(membership, last.index);
  node.elections.began({ ...start, epoch: FIRST_EPOCH, index: first, timestampMs: base.timestampMs });
  metrics.countMasterChange('founded');
  logger.info({ clusterId }, `started cluster ${clusterId} in epoch ${FIRST_EPOCH}`);
  return first;
}
