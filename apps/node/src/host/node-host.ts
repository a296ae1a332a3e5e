/**
 * One node from start to stop: opens what it has, takes the role it starts in, changes roles without closing its port,
 * and takes everything down in order. The only place that knows both roles.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts';
import { MasterModule, OfficeService } from '@replog/master';
import { Follower, SecondaryModule } from '@replog/secondary';
import { createRoleApp, notMaster } from '@replog/platform';
import type { HigherEpoch, NodeConfig, NodeParts, RoleApp } from '@replog/platform';
import { OfficeSeeker } from '../office/office-seeker.js';
import { DamageControl } from './damage-control.js';
import { foundCluster, mayFound } from './found-cluster.js';
import type { OpenedNode } from './open-node.js';
import { RoleSwitch } from './role-switch.js';

/** After it was deposed, a node leaves the field to whoever deposed it for this many pings before it stands again. */
const DEPOSED_REST_PINGS = 3;

export class NodeHost {
  private readonly door = new RoleSwitch();
  private readonly parts: NodeParts;
  private readonly config: NodeConfig;
  private readonly logger: Logger;
  private readonly damage: DamageControl;
  private readonly stopping = new AbortController();
  private role: RoleApp | null = null;
  /** Changes of role are made one after the other. */
  private turn: Promise<void> = Promise.resolve();
  private seeking: Promise<void> = Promise.resolve();

  constructor(
    private readonly opened: OpenedNode,
    /** Called when the node cannot go on: its log failed. Whoever runs the process ends it. */
    private readonly onFatal: (error: Error) => void,
  ) {
    const { equipment, node, store, transport, promises, damage } = opened;
    this.config = equipment.config;
    this.logger = equipment.logger;
    this.damage = new DamageControl(opened, damage, {
      follower: () => this.role?.app.get(Follower, { strict: false }) ?? null,
      giveUpOffice: () => void this.inTurn(() => this.stepDown('a record of its log is damaged')),
    });
    this.parts = { ...equipment, view: node, log: store, node, transport, promises, damage: this.damage };
  }

  get port(): number {
    return this.parts.node.port;
  }

  /** Resolves when the port is open and a role is in force; a master without a majority goes on looking for it. */
  async start(): Promise<void> {
    const { node } = this.parts;
    node.port = await this.door.listen(this.config.port, this.config.host);
    node.url ??= this.firstUrl();
    node.store.onFailure((error) => this.onFatal(error));
    node.onHigherEpoch((heard) => void this.inTurn(() => this.depose(heard)));
    this.warnOfDerivedKey();
    await this.inTurn(() => this.takeFirstRole());
  }

  /** Readiness turns, the role ends in order, the log is synced and let go of. Idempotent by the caller. */
  async stop(): Promise<void> {
    this.parts.node.block('shutdown', 'This node is shutting down.');
    this.stopping.abort();
    await this.seeking;
    await this.turn;
    await this.role?.close();
    await this.door.close();
    await this.opened.store.close();
    this.opened.transport.close();
    this.opened.directory.release();
    this.logger.info('stopped');
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
    node.role = 'master';
    node.isCandidate = false;
    node.block('office', null);
    node.heardMaster({ nodeId: node.nodeId, url: node.url as string, epoch: node.epoch }, clock.nowMs());
    await this.switchTo(await createRoleApp(MasterModule.forNode(this.parts, epochStartIndex), this.parts));
    this.logger.info({ epoch: node.epoch, port: node.port }, `master in epoch ${node.epoch} on port ${node.port}`);
  }

  private async becomeSecondary(): Promise<void> {
    const { node } = this.parts;
    node.role = 'secondary';
    await this.switchTo(await createRoleApp(SecondaryModule.forNode(this.parts), this.parts));
    this.logger.info({ port: node.port }, `secondary on port ${node.port}`);
  }

  private async switchTo(role: RoleApp): Promise<void> {
    const before = this.role;
    this.role = role;
    this.door.turnTo(role);
    await before?.close();
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
      node.isCandidate = false;
      node.block('office', null);
      node.heardMaster(result.master, Number.NEGATIVE_INFINITY);
      this.logger.info(
        { master: result.master },
        `${result.master.nodeId} is a living master: this node becomes its secondary`,
      );
    });
  }

  private async depose({ epoch, from }: HigherEpoch): Promise<void> {
    if (this.parts.node.role !== 'master') return;
    await this.stepDown(`${from} holds to the higher epoch ${epoch}`);
    if (this.config.role === 'master') this.seekOffice(this.config.healthcheckDelayMs * DEPOSED_REST_PINGS);
  }

  private async stepDown(because: string): Promise<void> {
    const { node, role } = { node: this.parts.node, role: this.role };
    if (node.role !== 'master' || role === null) return;
    this.logger.warn({ epoch: node.epoch }, `stepping down: ${because}`);
    node.forgetMaster();
    await role.app.get(OfficeService, { strict: false }).leave(deposed(because));
    await this.becomeSecondary();
  }

  private firstUrl(): string | null {
    if (this.config.role !== 'master') return null;
    return this.config.port === 0 ? `http://127.0.0.1:${this.parts.node.port}` : this.config.masterUrl;
  }

  private warnOfDerivedKey(): void {
    if (!this.config.isClusterKeyDerived) return;
    this.logger.warn('CLUSTER_SECRET is not set and is derived from API_KEY: whoever has the key can pose as a node');
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.turn.then(() => (this.stopping.signal.aborted ? undefined : step()));
    this.turn = done.catch((error: unknown) => this.onFatal(error instanceof Error ? error : new Error(String(error))));
    return done;
  }
}

function deposed(because: string): ReplogError {
  const { message, details, code } = notMaster(null);
  return new ReplogError(code, `${message} (It was the master: ${because}.)`, details);
}
