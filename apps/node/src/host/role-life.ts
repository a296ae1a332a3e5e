/**
 * Which role this node is in, from its start to its end: takes office or follows, steps down when it hears of a higher
 * epoch, stands again. Changes of role are made one after the other; the next role is open before the last one closes.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts';
import { notMaster } from '@replog/platform';
import type { HigherEpoch, NodeConfig, NodeContext, NodeParts } from '@replog/platform';
import type { LogDamage } from '@replog/log-store';
import { OfficeSeeker } from '../office/office-seeker.js';
import { DamageControl } from './damage-control.js';
import { foundCluster, mayFound } from './found-cluster.js';
import type { MasterInForce, RoleFactory, RoleInForce, SecondaryInForce } from './roles.js';

/** After it was deposed, a node leaves the field to whoever deposed it for this many pings before it stands again. */
const DEPOSED_REST_PINGS = 3;

export interface RoleLifeOptions {
  readonly parts: NodeContext & Omit<NodeParts, 'damage'>;
  readonly roles: RoleFactory;
  /** What was found damaged when the log was opened. */
  readonly damage: LogDamage | null;
  /** Called when the node cannot go on. Whoever runs it ends it. */
  readonly onFatal: (error: Error) => void;
}

export class RoleLife {
  private readonly parts: NodeParts;
  private readonly config: NodeConfig;
  private readonly logger: Logger;
  private readonly damage: DamageControl;
  private readonly stopping = new AbortController();
  private master: MasterInForce | null = null;
  private secondary: SecondaryInForce | null = null;
  private turn: Promise<void> = Promise.resolve();
  private seeking: Promise<void> = Promise.resolve();

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
    await this.inTurn(() => this.takeFirstRole());
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.seeking;
    await this.turn;
    await (this.master ?? this.secondary)?.close();
  }

  private async takeFirstRole(): Promise<void> {
    if (this.config.role === 'master' && mayFound(this.parts)) {
      await this.becomeMaster(await foundCluster(this.parts));
      return;
    }
    await this.becomeSecondary();
    await this.damage.atStart();
    if (this.config.role === 'master') this.seekOffice(0);
  }

  private async becomeMaster(epochStartIndex: number): Promise<void> {
    const { node, clock } = this.parts;
    const before: RoleInForce | null = this.secondary;
    node.role = 'master';
    node.isCandidate = false;
    node.block('office', null);
    node.heardMaster({ nodeId: node.nodeId, url: node.url as string, epoch: node.epoch }, clock.nowMs());
    this.master = await this.options.roles.openMaster(this.parts, epochStartIndex);
    this.secondary = null;
    await before?.close();
    this.logger.info({ epoch: node.epoch, port: node.port }, `master in epoch ${node.epoch} on port ${node.port}`);
  }

  private async becomeSecondary(): Promise<void> {
    const { node } = this.parts;
    const before: RoleInForce | null = this.master;
    node.role = 'secondary';
    this.secondary = await this.options.roles.openSecondary(this.parts);
    this.master = null;
    await before?.close();
    this.logger.info({ port: node.port }, `secondary on port ${node.port}`);
  }

  /** A node that is to be master looks for office until it has it or finds one who has. */
  private seekOffice(restMs: number): void {
    const { node, clock } = this.parts;
    const { signal } = this.stopping;
    node.isCandidate = true;
    this.seeking = this.seeking.then(async () => {
      await clock.sleep(restMs, signal);
      if (this.damage.forbidsOffice) {
        node.isCandidate = false;
        this.logger.error(this.damage.sentence);
        return;
      }
      const result = await new OfficeSeeker(this.parts).seek(signal);
      if (result.kind === 'office') await this.inTurn(() => this.becomeMaster(result.epochStartIndex));
      if (result.kind !== 'follow') return;
      const { master } = result;
      node.isCandidate = false;
      node.block('office', null);
      node.heardMaster(master, Number.NEGATIVE_INFINITY);
      this.logger.info({ master }, `${master.nodeId} is a living master: this node becomes its secondary`);
    });
  }

  private async depose({ epoch, from }: HigherEpoch): Promise<void> {
    if (this.parts.node.role !== 'master') return;
    await this.stepDown(`${from} holds to the higher epoch ${epoch}`);
    if (this.config.role === 'master') this.seekOffice(this.config.healthcheckDelayMs * DEPOSED_REST_PINGS);
  }

  private async stepDown(because: string): Promise<void> {
    const { node } = this.parts;
    if (this.master === null) return;
    this.logger.warn({ epoch: node.epoch }, `stepping down: ${because}`);
    node.forgetMaster();
    await this.master.leave(deposed(because));
    await this.becomeSecondary();
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.turn.then(() => (this.stopping.signal.aborted ? undefined : step()));
    this.turn = done.catch((error: unknown) => {
      this.options.onFatal(error instanceof Error ? error : new Error(String(error)));
    });
    return done;
  }
}

function deposed(because: string): ReplogError {
  const { message, details, code } = notMaster(null);
  return new ReplogError(code, `${message} (It was the master: ${because}.)`, details);
}
