/**
 * A campaign for an operator, or for a master that stops: it checks the request, makes a forecast, asks a living master for its term, and then
 * campaigns like any candidate. It keeps what it has learned between these steps; the role machine says which step is
 * next.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import { FORCED_EPOCH_LEAP } from '@replog/contracts/limits.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { isMajority, majorityOf } from '@replog/core/quorum/majority.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import type { PollResult } from '@replog/core/role/role-event.js';
import { PeerError } from '../peers/transport.port.js';
import type { PromotionRequest } from '../role/role-requests.port.js';
import type { NodeParts } from '../node/node-parts.js';
import { forecastPromotion, isMasterPastItsEpoch } from './forecast.js';
import type { Forecast } from './forecast.js';
import { pollMembers } from './poll-members.js';
import { viewOfForecast } from './promotion-view.js';
import { CampaignRun } from './run-campaign.js';
import type { CampaignResult } from './run-campaign.js';

const TRANSFER_TIMEOUT_MS = 10_000;
const POLLS_UNTIL_SETTLED = 10;
const POLL_AGAIN_MS = 100;
const GIVE_WAY_MS = 2_000;
const GIVE_WAY_STEP_MS = 100;
/** More time than a candidate needs between its own vote and those of the others. */
const STAND_BACK_MS = 200;
/** Doubled with every attempt. */
const PAUSE_MS = 20;

export class OperatorCampaign {
  /** The result of the first poll; set from then on. */
  private forecast: Forecast | null = null;
  /** The last epoch that was campaigned for here, or in which this node voted for a rival. */
  private lastEpoch = 0;
  /** The campaign before this poll, if it was lost; `null` if there was none or this node gave way since. */
  private lost: CampaignResult | null = null;
  private readonly beganMs: number;

  constructor(
    private readonly parts: NodeParts,
    private readonly request: PromotionRequest,
  ) {
    this.beganMs = parts.clock.nowMs();
  }

  /** What the promotion would do. It changes nothing. */
  async forecastView(): Promise<PromotionView> {
    const forecast = await this.makeForecast();
    const epoch = this.epochAbove(forecast.highestEpoch);
    return viewOfForecast(this.parts, forecast, this.request, { outcome: 'forecast', epoch });
  }

  /** Only valid once this node is master. */
  get promotedView(): PromotionView {
    const { epoch } = this.parts.node;
    return viewOfForecast(this.parts, this.known, this.request, { outcome: 'promoted', epoch });
  }

  /** `attempt`: number of polls and campaigns before this poll. Rejects with ReplogError if it cannot go on. */
  async poll(attempt: number, signal: AbortSignal): Promise<PollResult> {
    if (attempt > 0) return this.pollAgain(attempt, signal);
    this.forecast = await this.makeForecast();
    const { transfer } = this.forecast;
    return transfer === null ? this.nextCampaign() : { kind: 'transfer', from: transfer.nodeId };
  }

  /** Asks the living master to end its term for this node. Resolves with the epoch to campaign for. */
  async requestTransfer(): Promise<number> {
    const { node, transport } = this.parts;
    const { transfer } = this.known;
    if (transfer === null) throw new Error('no living master was found');
    const request = { clusterId: node.clusterId as string, candidate: node.nodeId };
    try {
      await transport.transfer(transfer.url, request, { timeoutMs: TRANSFER_TIMEOUT_MS });
    } catch (error) {
      const reason = error instanceof PeerError ? error.message : String(error);
      throw new ReplogError('TRANSFER_REFUSED', `${transfer.nodeId} did not transfer its term: ${reason}`, {
        cause: error,
      });
    }
    return this.nextCampaign().epoch;
  }

  async campaign(epoch: number): Promise<CampaignResult> {
    const { force, askedBy } = this.request;
    this.lastEpoch = epoch;
    const hasTransfer = this.known.transfer !== null;
    const result = await CampaignRun.for(this.parts, epoch, {
      ...{ force, hasTransfer, cause: 'operator', lost: null },
      beganMs: this.beganMs,
    });
    this.lost = result.kind === 'lost' ? result : null;
    const how = askedBy === undefined ? 'promoted by an operator' : `took over from ${askedBy}`;
    if (result.kind === 'won') this.parts.logger.info({ epoch, forced: force }, how);
    return result;
  }

  private get known(): Forecast {
    if (this.forecast === null) throw new Error('nothing was polled yet');
    return this.forecast;
  }

  private async makeForecast(): Promise<Forecast> {
    requireMember(this.parts);
    requireStorage(this.parts);
    const obstacle = await this.parts.identity.obstacle();
    if (obstacle !== null) throw obstacle;
    // It may have a new incarnation.
    requireMember(this.parts);
    const forecast = await forecastPromotion(this.parts, await pollUntilSettled(this.parts));
    requireMajority(this.parts, forecast, this.request.force);
    return forecast;
  }

  /**
   * A master that has just transferred its term may still be stepping down, and votes only at the second try. There may
   * also be another candidate: once it has this node's vote, it goes first and gets time to begin its term.
   */
  private async pollAgain(attempt: number, signal: AbortSignal): Promise<PollResult> {
    const { node, clock, random } = this.parts;
    if (this.lost !== null) {
      const standBackMs = this.lost.kind === 'lost' && this.lost.isContested ? rankOf(node) * STAND_BACK_MS : 0;
      await clock.sleep(standBackMs + PAUSE_MS * 2 ** (attempt - 1) * (1 + random.next()), signal);
      await this.requireNoRival();
    }
    if (node.epoch <= this.lastEpoch) return this.nextCampaign();
    this.lastEpoch = node.epoch;
    this.lost = null;
    await this.giveWay(signal);
    return { kind: 'wait', reason: `epoch ${this.lastEpoch} belongs to another candidate` };
  }

  private nextCampaign(): Extract<PollResult, { kind: 'campaign' }> {
    return { kind: 'campaign', epoch: this.epochAbove(Math.max(this.known.highestEpoch, this.parts.node.epoch)) };
  }

  /**
   * A forced candidate cannot hear of every epoch: the missing majority may have had masters of its own. It skips
   * epochs, so that no epoch ever has two masters.
   */
  private epochAbove(highest: number): number {
    return highest + (this.request.force ? FORCED_EPOCH_LEAP : 1);
  }

  /**
   * Waits until the candidate with this node's vote is master, a third candidate has a higher epoch, or the time is up.
   */
  private async giveWay(signal: AbortSignal): Promise<void> {
    const { node, clock } = this.parts;
    const untilMs = clock.nowMs() + GIVE_WAY_MS;
    while (node.epoch === this.lastEpoch && clock.nowMs() < untilMs && !signal.aborted) {
      await clock.sleep(GIVE_WAY_STEP_MS, signal);
      await this.requireNoRival();
    }
  }

  /** A living master ends its term only by a transfer, and this one appeared after the forecast. */
  private async requireNoRival(): Promise<void> {
    const { node } = this.parts;
    const leaving = this.known.transfer?.nodeId ?? null;
    const answers = await pollMembers(this.parts);
    const rival = answers.find(
      ({ clusterId, nodeId, holdsTerm, epoch }) =>
        holdsTerm && nodeId !== leaving && clusterId === node.clusterId && epoch >= node.epoch,
    );
    if (rival === undefined) return;
    const sentence = `${rival.nodeId} became master in epoch ${rival.epoch} meanwhile. Promote again to have it transfer its term.`;
    throw new ReplogError('PROMOTION_FAILED', sentence);
  }
}

/**
 * A deposed master hears of it soon, from the nodes that refuse its frames. From then on it votes like every node, and
 * the records that only it has are not lost.
 */
async function pollUntilSettled(parts: NodeParts): Promise<NodeStatus[]> {
  const { node, clock } = parts;
  for (let poll = 1; ; poll++) {
    const answers = await pollMembers(parts);
    const isSettled = !answers.some((one) => one.clusterId === node.clusterId && isMasterPastItsEpoch(one, node.epoch));
    if (isSettled || poll === POLLS_UNTIL_SETTLED) return answers;
    await clock.sleep(POLL_AGAIN_MS);
  }
}

function requireMember({ node }: NodeParts): void {
  const standing = standingOf(node.membership, node);
  if (standing === 'member') return;
  const why = standing === 'removed' ? 'it was taken out' : 'it has not caught up yet (JOINING)';
  throw new ReplogError(
    'NOT_A_MEMBER',
    `${node.nodeId} cannot become master: ${why}. Wait until GET /secondaries shows it as a member, or promote another.`,
  );
}

/** A new master writes the first record of its epoch before anything else. */
function requireStorage({ node }: NodeParts): void {
  const { storage } = node;
  if (storage !== 'stalled' && storage !== 'full') return;
  throw new ReplogError(
    storage === 'stalled' ? 'STORAGE_STALLED' : 'STORAGE_FULL',
    `${node.nodeId} cannot become master: ${storageFault(storage)}. Promote another member, or this one when its disk stores again.`,
    { retryAfterS: 1 },
  );
}

function requireMajority({ node }: NodeParts, forecast: Forecast, force: boolean): void {
  const members = node.membership.members.length;
  const hasMajority = isMajority(forecast.present, members);
  if (hasMajority && force) {
    throw new ReplogError(
      'FORCE_NOT_NEEDED',
      `${forecast.present} of ${members} members answer: promote without force.`,
    );
  }
  if (hasMajority || force) return;
  const absent = [...forecast.unreachable.map(({ nodeId }) => nodeId), ...forecast.stalled];
  const stalled = forecast.stalled.length === 0 ? '' : ` (the disk of ${forecast.stalled.join(' and ')} is stalled)`;
  throw new ReplogError(
    'NO_MAJORITY',
    `Only ${forecast.present} of ${members} members can vote; ${majorityOf(members)} are needed${stalled}. Bring back ` +
      `${absent.join(' or ')}. ${wayOut(node.nodeId)}`,
    { extra: { unreachable: forecast.unreachable } },
  );
}

/**
 * Two candidates for one epoch refuse each other, and on a busy machine random pauses alone do not separate them. The
 * candidate with the higher node id lets the other go first.
 */
function rankOf({ membership, nodeId }: NodeParts['node']): number {
  return membership.members.filter((member) => member.nodeId < nodeId).length;
}
