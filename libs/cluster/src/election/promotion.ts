/**
 * Promotion by an operator: refuses what cannot be, forecasts what would be, has a living master hand over, and then
 * stands for office like every candidate.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { FORCED_EPOCH_LEAP } from '@replog/contracts/limits.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { isMajority, majorityOf } from '@replog/core/quorum/majority.js';
import { PeerError } from '../peers/transport.port.js';
import type { PromotionRequest } from './promotion.port.js';
import { forecastPromotion, isMasterPastItsEpoch } from './forecast.js';
import type { Forecast } from './forecast.js';
import { pollMembers } from './look-around.js';
import { Stand } from './stand.js';
import type { StandResult, StandTerms, WonOffice } from './stand.js';
import type { StandParts } from './stand-parts.js';

const TRANSFER_TIMEOUT_MS = 10_000;
/** Tries to win once a master has handed over: there is no way back to it. */
const ATTEMPTS = 5;
const LOOKS = 10;
const LOOK_AGAIN_MS = 100;
const GIVE_WAY_MS = 2_000;
/** More than a candidate takes from its own promise to the others'. */
const STAND_BACK_MS = 200;
const GIVE_WAY_STEP_MS = 100;

export interface Promoted {
  readonly view: PromotionView;
  /** `null` where nothing was done. */
  readonly won: WonOffice | null;
}

export async function promote(parts: StandParts, request: PromotionRequest): Promise<Promoted> {
  const { node } = parts;
  requireMember(parts);
  const forecast = await forecastPromotion(parts, await lookWhenSettled(parts));
  requireMajority(parts, forecast, request.force);
  if (request.dryRun) return { view: viewOf(parts, forecast, request, 'forecast'), won: null };
  if (forecast.transfer !== null) await takeTransfer(parts, forecast.transfer);
  node.change.begin(parts.clock);
  const won = await win(parts, forecast, request.force);
  parts.logger.info({ epoch: node.epoch, forced: request.force }, 'promoted by an operator');
  return { view: viewOf(parts, forecast, request, 'promoted'), won };
}

/** A master is asked to promote itself: nothing to do. */
export function alreadyMaster({ node }: StandParts): PromotionView {
  const { index, epoch } = node.store.last;
  return {
    outcome: 'already-master',
    nodeId: node.nodeId,
    epoch: node.epoch,
    transfer: null,
    mostAdvanced: { nodeId: node.nodeId, lastIndex: index, lastEpoch: epoch },
    orphaned: [],
    unreachable: [],
    forced: false,
    mayBeLost: null,
  };
}

/**
 * A master that was replaced hears of it within moments, from whoever refuses its frames. From then on it promises like
 * everybody else, and what it alone has is not left behind.
 */
async function lookWhenSettled(parts: StandParts): Promise<NodeStatus[]> {
  const { node, clock } = parts;
  for (let look = 1; ; look++) {
    const seen = await pollMembers(parts);
    const isSettled = !seen.some((one) => one.clusterId === node.clusterId && isMasterPastItsEpoch(one, node.epoch));
    if (isSettled || look === LOOKS) return seen;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

function requireMember({ node }: StandParts): void {
  const standing = standingOf(node.membership, node);
  if (standing === 'member') return;
  const why = standing === 'removed' ? 'it was taken out' : 'it has not caught up yet (JOINING)';
  throw new ReplogError(
    'NOT_A_MEMBER',
    `${node.nodeId} cannot become master: ${why}. Wait until GET /secondaries shows it as a member, or promote another.`,
  );
}

function requireMajority({ node }: StandParts, forecast: Forecast, force: boolean): void {
  const members = node.membership.members.length;
  const hasMajority = isMajority(forecast.present, members);
  if (hasMajority && force) {
    throw new ReplogError(
      'FORCE_NOT_NEEDED',
      `${forecast.present} of ${members} members answer: promote without force.`,
    );
  }
  if (hasMajority || force) return;
  const absent = forecast.unreachable.map(({ nodeId }) => nodeId);
  throw new ReplogError(
    'NO_MAJORITY',
    `Only ${forecast.present} of ${members} members answer; ${majorityOf(members)} are needed. Bring back ` +
      `${absent.join(' or ')}, or promote with {"force": true} where they are gone for good.`,
    { extra: { unreachable: forecast.unreachable } },
  );
}

async function takeTransfer(parts: StandParts, master: { nodeId: string; url: string }): Promise<void> {
  const { node, transport } = parts;
  const request = { clusterId: node.clusterId as string, candidate: node.nodeId };
  try {
    await transport.transfer(master.url, request, { timeoutMs: TRANSFER_TIMEOUT_MS });
  } catch (error) {
    const reason = error instanceof PeerError ? error.message : String(error);
    throw new ReplogError('TRANSFER_REFUSED', `${master.nodeId} did not hand over: ${reason}`, { cause: error });
  }
}

/**
 * A master that has just left may still be turning: its promise may come at the second try. Another candidate may be
 * under way as well: once this node has promised that one a higher epoch, it goes first, and is given the time to enter
 * the office it wins.
 */
async function win(parts: StandParts, forecast: Forecast, force: boolean): Promise<WonOffice> {
  const { node, clock, random } = parts;
  const leaving = forecast.transfer?.nodeId ?? null;
  let reason = 'not tried';
  let tried = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0 && node.epoch > tried) {
      tried = node.epoch;
      reason = `epoch ${tried} is promised to another candidate`;
      await giveWay(parts, tried, leaving);
      continue;
    }
    tried = nextEpoch(Math.max(forecast.highestEpoch, node.epoch), force);
    const result = await stand(parts, tried, { force, hasTransfer: leaving !== null });
    if (result.kind === 'won') return result.won;
    reason = result.reason;
    const standBackMs = result.isContested === true ? rankOf(node) * STAND_BACK_MS : 0;
    await clock.sleep(standBackMs + 20 * 2 ** attempt * (1 + random.next()));
    await requireNoRival(parts, leaving);
  }
  throw new ReplogError('PROMOTION_FAILED', `Office was not taken: ${reason}.`);
}

/**
 * Two who stand for one epoch at the same time refuse each other, and on a busy machine chance alone does not part them:
 * the one whose id comes later lets the other go ahead.
 */
function rankOf({ membership, nodeId }: StandParts['node']): number {
  return membership.members.filter((member) => member.nodeId < nodeId).length;
}

async function stand(parts: StandParts, epoch: number, terms: StandTerms): Promise<StandResult> {
  try {
    return await Stand.for(parts, epoch, terms);
  } catch (error) {
    return { kind: 'lost', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Until the one who was promised `epoch` holds office, somebody else goes ahead of him, or he has had time enough. */
async function giveWay(parts: StandParts, epoch: number, leaving: string | null): Promise<void> {
  const { node, clock } = parts;
  const untilMs = clock.nowMs() + GIVE_WAY_MS;
  while (node.epoch === epoch && clock.nowMs() < untilMs) {
    await clock.sleep(GIVE_WAY_STEP_MS);
    await requireNoRival(parts, leaving);
  }
}

/**
 * From a living master office is taken by transfer only, and the forecast was made without this one. The master that is
 * `leaving` has handed over: it is none.
 */
async function requireNoRival(parts: StandParts, leaving: string | null): Promise<void> {
  const { node } = parts;
  const seen = await pollMembers(parts);
  const rival = seen.find(
    ({ clusterId, nodeId, holdsTerm, epoch }) =>
      holdsTerm && nodeId !== leaving && clusterId === node.clusterId && epoch >= node.epoch,
  );
  if (rival === undefined) return;
  const sentence = `${rival.nodeId} took office in epoch ${rival.epoch} meanwhile. Promote again to have it hand over.`;
  throw new ReplogError('PROMOTION_FAILED', sentence);
}

/**
 * Who takes office by force cannot hear of every epoch there was: a majority that is gone now may have had masters of
 * its own. It leaves room for them, so that no epoch ever has two.
 */
function nextEpoch(highest: number, force: boolean): number {
  return highest + (force ? FORCED_EPOCH_LEAP : 1);
}

function viewOf(
  { node }: StandParts,
  forecast: Forecast,
  { force }: PromotionRequest,
  outcome: 'promoted' | 'forecast',
): PromotionView {
  const { transfer, mostAdvanced, orphaned, unreachable, highestEpoch } = forecast;
  const epoch = outcome === 'promoted' ? node.epoch : nextEpoch(highestEpoch, force);
  const absent = unreachable.map(({ nodeId }) => nodeId).join(', ');
  const mayBeLost = force
    ? `Whatever only ${absent} had, acknowledged with a majority or not, is not in the log of the new master: ` +
      'it becomes their orphans when they return.'
    : null;
  return {
    outcome,
    nodeId: node.nodeId,
    epoch,
    transfer,
    mostAdvanced,
    orphaned,
    unreachable,
    forced: force,
    mayBeLost,
  };
}
