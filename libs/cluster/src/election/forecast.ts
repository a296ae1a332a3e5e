/**
 * What a promotion would do with the members as they are now: whose log wins, and which records of others would become
 * orphans.
 */
import type { NodeStatus } from '@replog/contracts/http.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { isMoreAdvanced } from '@replog/core/election/campaign.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { isMajority } from '@replog/core/quorum/majority.js';
import { commonIndex } from '../peers/common-index.js';
import { PeerError } from '../peers/transport.port.js';
import type { PositionAt } from '../peers/common-index.js';
import type { NodeParts } from '../node/node-parts.js';
import { pollMembers } from './poll-members.js';

const CALL = { timeoutMs: 5_000 };

export interface Forecast extends Pick<PromotionView, 'transfer' | 'mostAdvanced' | 'orphaned' | 'unreachable'> {
  /** The highest epoch of any node. */
  readonly highestEpoch: number;
  /** Members that answered and would vote, this node included. */
  readonly present: number;
  /** Members that answered and cannot store their vote: their disk is stalled. */
  readonly stalled: readonly string[];
}

/** Of a master: do too few members answer, of those that would vote, to commit anything? */
export async function isMajorityLost(parts: NodeParts): Promise<boolean> {
  const { present } = await forecastPromotion(parts, await pollMembers(parts));
  return !isMajority(present, parts.node.membership.members.length);
}

/** A member that answered at first and then no more counts as unreachable. */
export async function forecastPromotion(parts: NodeParts, seen: readonly NodeStatus[]): Promise<Forecast> {
  try {
    return await forecastFrom(parts, seen);
  } catch (error) {
    if (!(error instanceof FellSilentError)) throw error;
    const others = seen.filter(({ nodeId }) => nodeId !== error.nodeId);
    return forecastPromotion(parts, others);
  }
}

async function forecastFrom(parts: NodeParts, seen: readonly NodeStatus[]): Promise<Forecast> {
  const { node } = parts;
  const heard = seen.filter(
    (status) => status.clusterId === node.clusterId && standingOf(node.membership, status) === 'member',
  );
  const all = [node.status, ...heard];
  // A master whose disk is stalled cannot finish a transfer, and stores nothing for anybody: it is not asked for one.
  const stalled = heard.filter((status) => status.storage === 'stalled');
  const voting = all.filter((status) => !isMasterPastItsEpoch(status, node.epoch) && !stalled.includes(status));
  const winner = voting.reduce((best, other) => (isMoreAdvanced(other.last, best.last) ? other : best));
  const master = voting.find((status) => status.holdsTerm && status.nodeId !== node.nodeId);
  const orphaned = await Promise.all(
    all.filter((status) => status !== winner).map((status) => beyond(parts, status, winner)),
  );
  return {
    transfer: master === undefined ? null : { nodeId: master.nodeId, url: urlOf(parts, master) },
    mostAdvanced: { nodeId: winner.nodeId, lastIndex: winner.last.index, lastEpoch: winner.last.epoch },
    orphaned: orphaned.filter(({ records }) => records > 0),
    unreachable: node.membership.members
      .filter((member) => !all.some((status) => status.nodeId === member.nodeId))
      .map(({ nodeId, url }) => ({ nodeId, url: node.addressOf(nodeId) ?? url })),
    highestEpoch: Math.max(...all.map((status) => status.epoch)),
    present: voting.length,
    stalled: stalled.map(({ nodeId }) => nodeId),
  };
}

/**
 * A deposed master that has not heard of it yet. It still holds its term, cannot transfer it to any effect, and does
 * not vote.
 */
export function isMasterPastItsEpoch({ holdsTerm, epoch }: NodeStatus, epochNow: number): boolean {
  return holdsTerm && epoch < epochNow;
}

async function beyond(
  parts: NodeParts,
  status: NodeStatus,
  winner: NodeStatus,
): Promise<PromotionView['orphaned'][number]> {
  const ceiling = Math.min(status.last.index, winner.last.index);
  const afterIndex = await commonIndex(positionsOf(parts, status), positionsOf(parts, winner), ceiling);
  return { nodeId: status.nodeId, afterIndex, records: status.last.index - afterIndex };
}

function positionsOf(parts: NodeParts, { nodeId, ...status }: NodeStatus): PositionAt {
  if (nodeId === parts.node.nodeId) return (index) => parts.node.store.positionAt(index);
  const url = urlOf(parts, { nodeId, ...status });
  return (index) =>
    parts.transport.position(url, index, CALL).catch((error: unknown) => {
      throw error instanceof PeerError ? new FellSilentError(nodeId, error) : error;
    });
}

class FellSilentError extends Error {
  override readonly name = 'FellSilentError';

  constructor(
    readonly nodeId: string,
    cause: PeerError,
  ) {
    super(`${nodeId} answered at first and then no more`, { cause });
  }
}

function urlOf({ node }: NodeParts, status: NodeStatus): string {
  return node.addressOf(status.nodeId) ?? status.url ?? '';
}
