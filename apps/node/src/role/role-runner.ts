/**
 * Runs the role machine of a node: passes events to it and carries out its effects. It contains no rule about roles.
 */
import type { PromotionView } from '@replog/contracts/views.js';
import { FailoverWatch } from '@replog/cluster/election/failover-watch.js';
import { MasterlessTime } from '@replog/cluster/election/masterless-time.js';
import { askPeers } from '@replog/cluster/election/ask-peers.js';
import { foundCluster, mayFound } from '@replog/cluster/election/found-cluster.js';
import { unfoundCluster } from '@replog/cluster/election/unfound-cluster.js';
import { OperatorCampaign } from '@replog/cluster/election/operator-campaign.js';
import { isMajorityLost } from '@replog/cluster/election/forecast.js';
import { alreadyMaster } from '@replog/cluster/election/promotion-view.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { repairLog } from '@replog/cluster/repair/repair-log.js';
import type { RoleActor, RoleMachine } from '@replog/cluster/role/role-machine.js';
import type { PromotionRequest, RoleRequests } from '@replog/cluster/role/role-requests.port.js';
import { damageSentence } from '@replog/core/role/derive.js';
import { refusalOfPromotion } from '@replog/core/role/refusals.js';
import type { RoleEffect } from '@replog/core/role/role-effect.js';
import type { ClaimedBy, Damage } from '@replog/core/role/role-state.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { Campaigns } from './campaigns.js';
import { Claims } from './claims.js';
import { Operations } from './operations.js';
import { Requests } from './requests.js';
import { RoleInForce } from './role-in-force.js';
import type { Terms } from './terms.port.js';

export interface RoleRunnerOptions {
  readonly parts: NodeParts;
  readonly terms: Terms;
  /** Damage found when the log was opened. */
  readonly damage: Damage | null;
  /** Called after a fatal error. The caller stops the node. */
  readonly onFatal: (error: Error) => void;
}

/** The pause before a node tries again to give up its cluster. */
const AGAIN_MS = 1_000;

const FOUND = { kind: 'found' } as const;

type CatchUp = (signal: AbortSignal) => Promise<void>;

export class RoleRunner implements RoleRequests, DamageReporter, RoleActor {
  private readonly parts: NodeParts;
  private readonly machine: RoleMachine;
  private readonly inForce: RoleInForce;
  private readonly campaigns: Campaigns;
  private readonly claims: Claims;
  private readonly operations: Operations;
  private readonly failover: FailoverWatch;
  private readonly masterless: MasterlessTime;
  private readonly promotions = new Requests<PromotionRequest, PromotionView>();
  private readonly transfers = new Requests<CatchUp, void>();
  /** Resolves when this node has founded its cluster, or repaired the damage found on opening. */
  private beginning: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private catchingUp = new AbortController();
  private changeLimit = new AbortController();

  constructor(private readonly options: RoleRunnerOptions) {
    this.parts = options.parts;
    this.machine = options.parts.node.roles;
    this.inForce = new RoleInForce(this.parts, options.terms);
    const give: RoleMachine['give'] = (event) => this.machine.give(event);
    this.campaigns = new Campaigns(this.parts, give);
    this.claims = new Claims(this.parts);
    this.operations = new Operations((error) => this.failed(error));
    this.failover = new FailoverWatch(this.parts);
    this.masterless = new MasterlessTime(this.parts);
    this.machine.attach(this);
  }

  /** Resolves when a role is in force. A node that prefers to be master keeps polling until it has a majority. */
  async start(): Promise<void> {
    const { config } = this.parts;
    const isFounder = mayFound(this.parts);
    const { damage } = this.options;
    this.machine.give({ kind: 'started', prefers: config.role, mayFound: isFounder, damage });
    this.failover.start();
    this.masterless.start();
    await this.beginning;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.failover.stop();
    this.masterless.stop();
    this.machine.give({ kind: 'stopRequested' });
    await this.operations.allEnded();
    this.machine.give({ kind: 'everythingEnded' });
  }

  /** See `RoleRequests`. A dry run changes nothing, so it bypasses the machine. */
  async promote(request: PromotionRequest): Promise<PromotionView> {
    if (this.parts.node.holdsTerm && !(request.force && (await isMajorityLost(this.parts))))
      return alreadyMaster(this.parts);
    if (!request.dryRun) return this.promotions.open(request, (id) => this.askForTerm(id, request.force));
    const refusal = refusalOfPromotion(this.machine.value);
    if (refusal !== null) throw refusal;
    return new OperatorCampaign(this.parts, request).forecastView();
  }

  /** See `RoleRequests`. */
  async transfer(successor: string, catchUp: CatchUp): Promise<void> {
    await this.transfers.open(catchUp, (id) => this.machine.give({ kind: 'transferRequested', id, to: successor }));
  }

  report({ segment, index, offset, fault }: CorruptRecordError): void {
    this.machine.give({ kind: 'damageFound', damage: { segment, index, offset, fault } });
  }

  failed(error: unknown): void {
    this.options.onFatal(error instanceof Error ? error : new Error(String(error)));
  }

  perform(effect: RoleEffect): void {
    switch (effect.kind) {
      case 'found':
        return this.beginFounding();
      case 'unfound':
        return this.begin(() => this.unfound(effect.claim));
      case 'beginTerm':
        return this.inForce.beginTerm(effect);
      case 'endTerm':
        return this.begin(async () => {
          await this.inForce.endTerm(effect);
          this.machine.give({ kind: 'termEnded' });
        });
      case 'askMembers':
        return this.begin(() => this.claims.examine(effect));
      case 'beginSecondary':
        return this.inForce.beginSecondary();
      case 'endSecondary':
        return this.begin(() => this.inForce.endSecondary());
      case 'follow':
        return this.inForce.follow(effect.master);
      case 'forgetOwnTerm':
        return this.inForce.forgetOwnTerm();
      case 'poll': {
        const { promotion } = this.machine.value;
        const request = effect.by === 'operator' && promotion !== null ? this.promotions.find(promotion.id) : null;
        return this.begin(() => this.campaigns.poll(effect, request));
      }
      case 'requestTransfer':
        return this.begin(() => this.campaigns.requestTransfer());
      case 'cancelPoll':
        return this.campaigns.cancelPoll();
      case 'campaign':
        return this.begin(() => this.campaigns.campaign(effect));
      case 'answerPromotion': {
        const { promotedView } = effect.outcome === 'promoted' ? this.campaigns : { promotedView: null };
        return this.promotions.answer(effect.id, promotedView ?? alreadyMaster(this.parts));
      }
      case 'refusePromotion':
        return this.promotions.refuse(effect.id, effect.refusal);
      case 'catchUp':
        return this.begin(() => this.catchUp(this.transfers.find(effect.id)));
      case 'cancelCatchUp':
        return this.catchingUp.abort();
      case 'answerTransfer':
        return this.transfers.answer(effect.id);
      case 'refuseTransfer':
        return this.transfers.refuse(effect.id, effect.refusal);
      case 'announceDamage':
        return this.parts.logger.error({ ...effect.damage }, damageSentence(effect.damage));
      case 'rememberDamage':
        return this.begin(() => this.remember(effect.damage));
      case 'repair':
        this.beginning = this.operations.run(() => this.repair(effect.damage));
        return;
      case 'startChangeLimit':
        return this.startChangeLimit(effect.limitMs);
      case 'stopChangeLimit':
        return this.changeLimit.abort();
    }
  }

  private begin(operation: () => Promise<void>): void {
    void this.operations.run(operation);
  }

  private askForTerm(id: number, force: boolean): void {
    this.machine.give({ kind: 'promotionRequested', id, force });
  }

  private beginFounding(): void {
    const founding = this.operations.run(() => this.found());
    // The others may start later, and this node has to answer them and its operator meanwhile.
    if (this.parts.config.peers.length === 0) this.beginning = founding;
  }

  private async found(): Promise<void> {
    const { node, config, logger } = this.parts;
    // A founding that a crash has cut short is completed.
    const decision = node.clusterId === null ? await askPeers(this.parts, this.stopping.signal) : FOUND;
    if (decision === null) return;
    if (decision.kind === 'join') {
      const { nodeId, clusterId } = decision;
      logger.warn(
        { clusterId },
        `${nodeId} belongs to cluster ${clusterId}: this node founds none, and joins that one`,
      );
      node.url = config.advertisedUrl;
      return this.machine.give({ kind: 'clusterMet' });
    }
    const epochStartIndex = await foundCluster(this.parts);
    const { epoch } = node.store.last;
    this.machine.give({ kind: 'founded', epoch, epochStartIndex, heldEpoch: node.epoch });
  }

  private async unfound(claim: ClaimedBy): Promise<void> {
    const isOver = (): boolean => this.machine.value.state.kind !== 'unfounding';
    const isUnfounded = await this.untilDone(() => unfoundCluster(this.parts, claim), isOver);
    this.machine.give({ kind: 'unfoundingEnded', isUnfounded });
  }

  /** Space or descriptors may be lacking for a while, and this node cannot go on without it. `false` if it stops before. */
  private async untilDone(attempt: () => Promise<boolean>, isOver: () => boolean): Promise<boolean> {
    const { clock, logger } = this.parts;
    while (!isOver()) {
      try {
        return await attempt();
      } catch (error) {
        logger.error({ err: error }, 'the cluster founded here was not given up yet: trying again');
        await clock.sleep(AGAIN_MS);
      }
    }
    return false;
  }

  private async catchUp(run: CatchUp): Promise<void> {
    this.catchingUp = new AbortController();
    const { signal } = this.catchingUp;
    const why = await run(signal).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (signal.aborted) return;
    this.machine.give(why === null ? { kind: 'successorCaughtUp' } : { kind: 'transferFailed', why });
  }

  private async repair(damage: Damage): Promise<void> {
    try {
      await repairLog(this.parts, damage, (reason) => this.inForce.hangUp(reason));
      this.machine.give({ kind: 'repaired' });
    } catch (error) {
      this.parts.logger.error({ err: error }, 'the damaged segment could not be set aside');
      this.machine.give({ kind: 'repairFailed' });
    }
  }

  /** Opening a log does not read sealed segments: without this a restart would not know of the damage. */
  private async remember(damage: Damage): Promise<void> {
    try {
      await this.parts.node.state.save({ damage });
    } catch (error) {
      this.parts.logger.error({ err: error }, 'the damage could not be recorded: a restart has to find it again');
    }
  }

  private startChangeLimit(limitMs: number): void {
    this.changeLimit = new AbortController();
    const { signal } = this.changeLimit;
    void this.parts.clock.sleep(limitMs, signal).then(() => {
      if (!signal.aborted) this.machine.give({ kind: 'changeLimitReached' });
    });
  }
}
