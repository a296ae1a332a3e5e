/** Starts and stops one node in a fixed order: port, application and role; on stop also its log and data directory. */
import type { Type } from '@nestjs/common';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { Scrub } from '@replog/cluster/repair/scrub.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import { isAutomatic } from '@replog/core/election/failover.js';
import { MasterTerms } from '@replog/master/term/master-terms.js';
import { handOver } from '@replog/master/transfer/hand-over.js';
import { MasterRequests } from '../forward/master-requests.js';
import { NodeModule } from '../node.module.js';
import { RoleRunner } from '../role/role-runner.js';
import type { HttpTransport } from '../transport/http-transport.js';
import { Door } from './door.js';
import { createNodeApp } from './node-app.js';
import type { CreateApplication, NodeApp } from './node-app.js';
import type { OpenedNode } from './open-node.js';

export class NodeHost {
  private readonly door: Door;
  private readonly scrub: Scrub;
  private app: NodeApp | null = null;
  private starting: Promise<void> = Promise.resolve();
  private introducing: Promise<void> = Promise.resolve();

  constructor(
    private readonly opened: OpenedNode,
    /** Called when the log has failed. The caller ends the process. */
    private readonly onFatal: (error: Error) => void,
    private readonly create?: CreateApplication,
  ) {
    const { context, damageRelay } = opened;
    this.door = new Door(context);
    this.scrub = new Scrub({ ...context, damage: damageRelay }, context.config.scrubBytesPerSecond);
  }

  get port(): number {
    return this.opened.node.port;
  }

  /** Resolves when the port is open and a role is in force. */
  async start(): Promise<void> {
    await (this.starting = this.open());
  }

  /**
   * Leaves the membership if the configuration says so, transfers its term, refuses new requests, ends the role, sends the
   * outstanding answers, syncs and closes the log and the state. Call it once, after `start` was called; it waits for
   * `start`. Nothing is written to the directory afterwards.
   */
  async stop(): Promise<void> {
    const { node, directory, context, storageWatch } = this.opened;
    await this.starting;
    node.isLeaving = true;
    if (this.app !== null) await this.leaveToOthers();
    this.door.refuseNew();
    await this.scrub.stop();
    storageWatch.stop();
    if (this.app !== null) await this.end(this.app);
    await this.door.close();
    await node.store.close();
    await node.state.close();
    directory.release();
    context.logger.info('stopped');
  }

  /** A part of the running application. */
  part<Part>(token: Type<Part> | symbol): Part {
    if (this.app === null) throw new Error('this node has not started');
    return this.app.app.get<Part>(token, { strict: false });
  }

  private async open(): Promise<void> {
    const { node, context, storageWatch } = this.opened;
    const { config, logger } = context;
    storageWatch.start();
    node.port = await this.door.listen(config.port, config.host);
    node.url ??= this.firstUrl();
    node.store.onFailure((error) => this.onFatal(error));
    for (const warning of config.warnings) logger.warn(warning);
    this.app = await createNodeApp(NodeModule.of(this.opened, this.onFatal), context, this.create);
    await this.part(RoleRunner).start();
    this.door.serve(this.app);
    this.introducing = this.part(IdentityService).introduce();
    this.scrub.start();
  }

  private async leaveToOthers(): Promise<void> {
    const parts = this.part<NodeParts>(NODE_PARTS);
    const { node, config, clock } = parts;
    await this.part(RegistrationService).departIfConfigured();
    await handOver(this.part(MasterTerms).current, parts);
    if (isAutomatic(config, node.membership, clock.wallMs())) await this.door.letGo();
  }

  private async end({ app }: NodeApp): Promise<void> {
    const transport = this.part<HttpTransport>(TRANSPORT);
    const requests = this.part(MasterRequests);
    await this.introducing;
    await this.part(RoleRunner).stop();
    await app.close();
    await this.door.drain();
    transport.close();
    await requests.close();
  }

  private firstUrl(): string | null {
    const { config } = this.opened.context;
    if (config.role !== 'master') return null;
    return config.port === 0 ? `http://127.0.0.1:${this.opened.node.port}` : config.masterUrl;
  }
}
