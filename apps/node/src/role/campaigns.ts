/** Carries out polls and campaigns, automatic ones and those of an operator. The role machine runs one at a time. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { OperatorCampaign } from '@replog/cluster/election/operator-campaign.js';
import { OwnCampaign } from '@replog/cluster/election/own-campaign.js';
import type { CampaignResult } from '@replog/cluster/election/run-campaign.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { PromotionRequest } from '@replog/cluster/role/role-requests.port.js';
import { promotionLost } from '@replog/core/role/refusals.js';
import type { RoleEffect } from '@replog/core/role/role-effect.js';
import type { RoleEvent } from '@replog/core/role/role-event.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';

type EffectOf<Kind extends RoleEffect['kind']> = Extract<RoleEffect, { kind: Kind }>;

export class Campaigns {
  private own: OwnCampaign;
  private operator: OperatorCampaign | null = null;
  /** Ends the current poll or request for a transfer. */
  private asking = new AbortController();

  constructor(
    private readonly parts: NodeParts,
    private readonly give: (event: RoleEvent) => void,
  ) {
    this.own = new OwnCampaign(parts, 'start');
  }

  get promotedView(): PromotionView {
    return this.forOperator.promotedView;
  }

  cancelPoll(): void {
    this.asking.abort();
  }

  /** `request`: the operator's request, on its first poll. */
  poll({ by, attempt, restPings, cause }: EffectOf<'poll'>, request: PromotionRequest | null): Promise<void> {
    if (attempt === 0 && request !== null) this.operator = new OperatorCampaign(this.parts, request);
    else if (attempt === 0) this.own = new OwnCampaign(this.parts, cause);
    return this.ask(async (signal) => {
      const result = await (by === 'operator'
        ? this.forOperator.poll(attempt, signal)
        : this.own.poll(attempt, restPings, signal));
      return { kind: 'pollDecided', result };
    });
  }

  /** Once the master grants it, this node holds writes. */
  requestTransfer(): Promise<void> {
    return this.ask(async () => {
      return { kind: 'transferGranted', epoch: await this.forOperator.requestTransfer() };
    });
  }

  async campaign({ by, epoch }: EffectOf<'campaign'>): Promise<void> {
    const result = await (by === 'operator' ? this.forOperator.campaign(epoch) : this.own.campaign(epoch));
    this.give(this.eventOf(result));
  }

  private get forOperator(): OperatorCampaign {
    if (this.operator === null) throw new Error('no promotion is under way');
    return this.operator;
  }

  private async ask(question: (signal: AbortSignal) => Promise<RoleEvent>): Promise<void> {
    this.asking = new AbortController();
    const { signal } = this.asking;
    const event = await question(signal).catch((error: unknown) => this.failed(error));
    if (!signal.aborted) this.give(event);
  }

  /** Reported damage ends the campaign before the machine sees the event returned here. */
  private failed(error: unknown): RoleEvent {
    if (error instanceof CorruptRecordError) this.parts.damage.report(error, 'on taking over a log');
    if (error instanceof ReplogError) return { kind: 'promotionFailed', refusal: error };
    return { kind: 'promotionFailed', refusal: promotionLost(error instanceof Error ? error.message : String(error)) };
  }

  private eventOf(result: CampaignResult): RoleEvent {
    if (result.kind === 'lost') return { kind: 'campaignLost', reason: result.reason };
    return { kind: 'campaignWon', ...result.won, heldEpoch: this.parts.node.epoch };
  }
}
