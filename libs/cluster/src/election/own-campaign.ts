/**
 * The campaign of a node that prefers to be master: it polls, and campaigns if the poll allows it. It repeats this
 * until it has won or follows a living master; the role machine says when to stop.
 */
import type { ElectionCause } from '@replog/contracts/http.js';
import { isAutomatic } from '@replog/core/election/failover.js';
import { decideAfterPoll } from '@replog/core/election/poll.js';
import type { PollFacts } from '@replog/core/election/poll.js';
import { backoffMs } from '@replog/core/link/backoff.js';
import type { PollResult } from '@replog/core/role/role-event.js';
import type { LocalNode } from '../node/local-node.js';
import type { NodeParts } from '../node/node-parts.js';
import { othersIn, pollAddresses } from './poll-members.js';
import { CampaignRun } from './run-campaign.js';
import type { CampaignResult } from './run-campaign.js';

const BACKOFF = { firstMs: 150, maxMs: 3_000 };
const CANCELLED: PollResult = { kind: 'wait', reason: 'the poll was cancelled' };
const NOT_AUTOMATIC: PollResult = {
  kind: 'wait',
  reason: 'failover is paused, or the cluster has fewer than three members: promote a node with POST /cluster/promote',
};

export class OwnCampaign {
  private lastSaid = '';
  /** As the last campaign was lost. */
  private isOutrun = false;
  private readonly beganMs: number;

  constructor(
    private readonly parts: NodeParts,
    private readonly cause: ElectionCause,
  ) {
    this.beganMs = parts.clock.nowMs();
  }

  /** `attempt`: number of polls and campaigns before this poll. */
  async poll(attempt: number, restPings: number, signal: AbortSignal): Promise<PollResult> {
    const { clock, config, random } = this.parts;
    const pauseMs = attempt === 0 ? 0 : backoffMs(attempt - 1, BACKOFF, random.next());
    await clock.sleep(pauseMs + restPings * config.healthcheckDelayMs, signal);
    const result = signal.aborted ? CANCELLED : await this.ask(attempt);
    if (result.kind === 'wait' && !signal.aborted) this.say(`no campaign yet: ${result.reason}`);
    return result;
  }

  async campaign(epoch: number): Promise<CampaignResult> {
    const result = await CampaignRun.for(this.parts, epoch, {
      ...{ force: false, hasTransfer: false, cause: this.cause, beganMs: this.beganMs },
      lost: this.cause === 'failover' ? this.parts.node.roles.value.lostMaster : null,
    });
    this.isOutrun = result.kind === 'lost' && result.isOutrun;
    if (result.kind === 'lost') this.say(result.reason);
    return result;
  }

  private async ask(attempt: number): Promise<PollResult> {
    const { node, config, clock } = this.parts;
    try {
      const answers = await pollAddresses(this.parts);
      const obstacle = await this.parts.identity.obstacleIn(answers);
      if (obstacle !== null) return { kind: 'wait', reason: obstacle.message };
      const isAuto = isAutomatic(config, node.membership, clock.wallMs());
      const isNeverMaster = config.priority === 0 && isAuto;
      const decision = decideAfterPoll(pollFactsOf(node), othersIn(node, answers), {
        isNeverMaster,
        givesWay: this.cause === 'failover' && attempt === 0,
        isOutrun: this.isOutrun,
      });
      // An operator may have paused it since this node began to poll.
      if (decision.kind === 'campaign' && this.cause === 'failover' && !isAuto) return NOT_AUTOMATIC;
      return decision.kind === 'follow' ? { ...decision, heldEpoch: node.epoch } : decision;
    } catch (error) {
      return { kind: 'wait', reason: `the poll failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  /** Logged at `warn` only when it changes: a candidate may wait for a long time. */
  private say(sentence: string): void {
    const isNews = sentence !== this.lastSaid;
    this.lastSaid = sentence;
    this.parts.logger[isNews ? 'warn' : 'debug'](sentence);
  }
}

function pollFactsOf({ nodeId, incarnation, clusterId, epoch, membership, storage, store }: LocalNode): PollFacts {
  return { nodeId, incarnation, clusterId, epoch, membership, storage, last: store.last };
}
