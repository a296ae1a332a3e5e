/**
 * Which role this node is in, from its start to its end: takes office or follows, steps down when it hears of a higher
 * epoch, stands again. Changes of role are made one after the other.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { PromotionView } from '@replog/contracts/views.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import type { Promotion, PromotionRequest } from '@replog/cluster/election/promotion.port.js';
import type { HigherEpoch } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { KnownMaster } from '@replog/cluster/node/node-view.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { LogDamage } from '@replog/log-store/segment/recovery.js';
import { OfficeSeeker } from '@replog/cluster/election/office-seeker.js';
import { alreadyMaster, promote } from '@replog/cluster/election/promotion.js';
import type { WonOffice } from '@replog/cluster/election/stand.js';
import type { StandParts } from '@replog/cluster/election/stand-parts.js';
import { DamageControl } from '@replog/cluster/repair/damage-control.js';
import { foundCluster, mayFound } from '@replog/cluster/election/found-cluster.js';
import type { RunningMasterTerm, RunningSecondaryTerm, Terms } from './terms.js';

/** After it was deposed, a node leaves the field to whoever deposed it for this many pings before it stands again. */
const DEPOSED_REST_PINGS = 3;

export interface RoleLifeOptions {
  readonly parts: Omit<StandParts, 'damage'>;
  readonly terms: Terms;
  /** What was found damaged when the log was opened. */
  readonly damage: LogDamage | null;
  /** Called when the node cannot go on. Whoever runs it ends it. */
  readonly onFatal: (error: Error) => void;
}

interface Candidacies {
  readonly byItself: boolean;
  readonly forOperator: boolean;
}

export class RoleLife implements Promotion {
  private readonly parts: NodeParts;
  private readonly config: NodeConfig;
  private readonly logger: Logger;
  /** Who in this node hears of damaged records. */
  readonly damage: DamageControl;
  private readonly stopping = new AbortController();
  private master: RunningMasterTerm | null = null;
  private secondary: RunningSecondaryTerm | null = null;
  private turn: Promise<void> = Promise.resolve();
  private seeking: Promise<void> = Promise.resolve();
  private isPromoting = false;
  private candidacies: Candidacies = { byItself: false, forOperator: false };

  constructor(private readonly options: RoleLifeOptions) {
    this.config = options.parts.config;
    this.logger = options.parts.logger;
    this.damage = new DamageControl(options.parts, options.damage, {
      hangUp: async (reason) => this.secondary?.hangUp(reason),
      giveUpOffice: () => void this.inTurn(() => this.stepDown('a record of its log is damaged')),
    });
    this.parts = { ...options.parts, damage: this.damage };
  }

  /** Resolves when a role is in force. A node that is to be master and has no majority goes on looking for it. */
  async start(): Promise<void> {
    this.parts.node.onHigherEpoch((heard) => void this.inTurn(() => this.depose(heard)));
    this.parts.node.onTransferred((to) => void this.inTurn(() => this.giveWayTo(to)));
    await this.inTurn(() => this.takeFirstRole());
  }

  /** See `Promotion`. One at a time; while it goes on this node neither registers nor stands by itself. */
  async promote(request: PromotionRequest): Promise<PromotionView> {
    const { node } = this.parts;
    if (node.term !== null) return alreadyMaster(this.parts);
    this.refuseDamaged();
    if (this.isPromoting || this.stopping.signal.aborted) throw busy();
    this.isPromoting = true;
    try {
      this.stands({ forOperator: !request.dryRun });
      const { view, won } = await promote(this.parts, request);
      if (won !== null) await this.inTurn(() => this.becomeMaster(won));
      if (node.term === null) this.refuseDamaged();
      if (won !== null && node.term === null) throw overtaken(won);
      return view;
    } finally {
      this.stands({ forOperator: false });
      if (node.term === null) node.change.end();
      this.isPromoting = false;
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.seeking;
    await this.turn;
    await this.master?.end(shuttingDown());
    await this.secondary?.end();
  }

  private async takeFirstRole(): Promise<void> {
    if (this.config.role === 'master' && !this.damage.forbidsOffice && mayFound(this.parts)) {
      await this.becomeMaster({ epochStartIndex: await foundCluster(this.parts), epoch: this.parts.node.epoch });
      return;
    }
    // From the first moment: damage met by a reader is not for this node to repair, nor is there one to register with.
    this.stands({ byItself: this.config.role === 'master' });
    this.becomeSecondary();
    await this.damage.atStart();
    if (this.config.role === 'master') this.seekOffice(0);
  }

  /**
   * Enters the office that was won, unless this log turned out damaged meanwhile, or a higher epoch was promised while
   * the last change of role was still going on: that one is another's. Nothing is waited for between the check and the
   * term, so that the epoch cannot be raised in between. The link of the last master is given up first.
   */
  private async becomeMaster({ epoch, epochStartIndex }: WonOffice): Promise<void> {
    const { node, clock } = this.parts;
    if (this.master !== null || node.epoch !== epoch || this.damage.forbidsOffice) return;
    const ended = this.secondary?.end();
    this.secondary = null;
    node.role = 'master';
    this.stands({ byItself: false, forOperator: false });
    node.url ??= node.addressOf(node.nodeId);
    node.block('office', null);
    node.heardMaster({ nodeId: node.nodeId, url: node.url as string, epoch: node.epoch }, clock.nowMs());
    this.master = this.options.terms.beginMaster({ epoch, epochStartIndex });
    this.logger.info({ epoch: node.epoch, port: node.port }, `master in epoch ${node.epoch} on port ${node.port}`);
    await ended;
  }

  private becomeSecondary(): void {
    const { node } = this.parts;
    node.role = 'secondary';
    this.master = null;
    this.secondary = this.options.terms.beginSecondary();
    this.logger.info({ port: node.port }, `secondary on port ${node.port}`);
  }

  /**
   * A node that is to be master looks for office until it has it or finds one who has. Whoever speaks to it as the master
   * of its epoch is one who has, however slowly he answers when asked.
   */
  private seekOffice(restMs: number): void {
    const { node } = this.parts;
    this.stands({ byItself: true });
    node.block('office', 'This node was started to be master and is looking for office.');
    this.seeking = this.seeking.then(() => this.seekFor(restMs));
  }

  private async seekFor(restMs: number): Promise<void> {
    const { node, clock } = this.parts;
    const { signal } = this.stopping;
    const heard = new AbortController();
    const stop = node.onMasterHeard((master) => {
      if (master.nodeId !== node.nodeId && master.epoch >= node.epoch) heard.abort();
    });
    const ends = [signal, heard.signal];
    await clock.sleep(restMs, AbortSignal.any(ends));
    if (this.damage.forbidsOffice) return this.refuseOffice(stop);
    const result = await new OfficeSeeker(this.parts).seek(AbortSignal.any([...ends, this.damage.found]));
    if (this.damage.forbidsOffice) return this.refuseOffice(stop);
    stop();
    if (result.kind === 'office') await this.inTurn(() => this.becomeMaster(result.won));
    if (result.kind === 'office' && this.master === null && !signal.aborted) this.seekOffice(0);
    if (result.kind === 'follow') this.follow(result.master);
    else if (result.kind === 'stopped' && heard.signal.aborted && node.master !== null) this.follow(node.master);
  }

  private follow(master: KnownMaster): void {
    const { node } = this.parts;
    this.stands({ byItself: false });
    node.block('office', null);
    // The address it was to have as master may be that of the one it found: it registers like any secondary.
    node.url = this.config.advertisedUrl;
    node.heardMaster(master, Number.NEGATIVE_INFINITY);
    this.logger.info({ master }, `${master.nodeId} is a living master: this node becomes its secondary`);
  }

  /** A node is a candidate as long as it stands for either reason; one of them may end while the other goes on. */
  private stands(change: Partial<Candidacies>): void {
    this.candidacies = { ...this.candidacies, ...change };
    this.parts.node.isCandidate = this.candidacies.byItself || this.candidacies.forOperator;
  }

  private refuseDamaged(): void {
    if (this.damage.forbidsOffice) throw this.damage.refusal();
  }

  private refuseOffice(stopListening: () => void): void {
    stopListening();
    this.stands({ byItself: false });
    this.parts.node.block('office', null);
    this.logger.error(this.damage.sentence);
  }

  private async depose({ epoch, from }: HigherEpoch): Promise<void> {
    if (this.parts.node.role !== 'master') return;
    this.stands({ byItself: this.config.role === 'master' });
    await this.stepDown(`${from} holds to the higher epoch ${epoch}`);
    if (this.config.role === 'master') this.seekOffice(this.config.healthcheckDelayMs * DEPOSED_REST_PINGS);
  }

  private async giveWayTo(successor: string): Promise<void> {
    await this.stepDown(`it has handed over to ${successor}`);
    if (this.config.role === 'master') this.seekOffice(this.config.healthcheckDelayMs * DEPOSED_REST_PINGS);
  }

  private async stepDown(because: string): Promise<void> {
    const { node, clock } = this.parts;
    if (this.master === null) return;
    this.logger.warn({ epoch: node.epoch }, `stepping down: ${because}`);
    // Its successor may have spoken already.
    if (node.master?.nodeId === node.nodeId) {
      node.forgetMaster();
      node.change.begin(clock);
    }
    await this.master.end(deposed(because));
    this.becomeSecondary();
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.turn.then(async () => {
      if (!this.stopping.signal.aborted) await step();
    });
    this.turn = done.catch((error: unknown) => {
      this.options.onFatal(error instanceof Error ? error : new Error(String(error)));
    });
    return done;
  }
}

function overtaken({ epoch }: WonOffice): ReplogError {
  return new ReplogError('PROMOTION_FAILED', `Epoch ${epoch} was won, but a higher one was promised meanwhile.`);
}

function busy(): ReplogError {
  return new ReplogError('CHANGE_IN_PROGRESS', 'This node is being promoted or stopped already.', { retryAfterS: 1 });
}

function deposed(because: string): ReplogError {
  const { message, details, code } = notMaster(null);
  return new ReplogError(code, `${message} (It was the master: ${because}.)`, details);
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'This node is shutting down. Repeat the request shortly.', {
    retryAfterS: 1,
  });
}
