/** One node of one process: its open port, and behind it the role it is in. */
import { Scrub } from '@replog/cluster/repair/scrub.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { RoleRunner } from '../role/role-runner.js';
import { HttpTerms } from './http-terms.js';
import type { OpenedNode } from './open-node.js';
import { RoleSwitch } from './role-switch.js';

export class NodeHost {
  private readonly door: RoleSwitch;
  private readonly roles: RoleRunner;
  private readonly scrub: Scrub;
  private readonly config: NodeConfig;

  constructor(
    private readonly opened: OpenedNode,
    /** Called when the node cannot go on: its log failed. Whoever runs the process ends it. */
    private readonly onFatal: (error: Error) => void,
  ) {
    const { equipment, node, store, transport, votes, damage } = opened;
    this.config = equipment.config;
    this.door = new RoleSwitch(node.change, equipment.clock, this.config);
    const parts = { ...equipment, view: node, log: store, node, transport, votes };
    this.roles = new RoleRunner({ parts, terms: (whole) => new HttpTerms(whole, this.door), damage, onFatal });
    this.scrub = new Scrub({ ...equipment, log: store, damage: this.roles }, this.config.scrubBytesPerSecond);
  }

  get port(): number {
    return this.opened.node.port;
  }

  /** Resolves when the port is open and a role is in force. */
  async start(): Promise<void> {
    const { node, store, equipment } = this.opened;
    node.port = await this.door.listen(this.config.port, this.config.host);
    node.url ??= this.firstUrl();
    store.onFailure((error) => this.onFatal(error));
    for (const warning of this.config.warnings) equipment.logger.warn(warning);
    await this.roles.start();
    this.scrub.start();
  }

  /** Readiness turns, the role ends in order, the log is synced and let go of. To be called once. */
  async stop(): Promise<void> {
    const { store, transport, directory, equipment } = this.opened;
    await Promise.all([this.roles.stop(), this.scrub.stop()]);
    await this.door.close();
    await store.close();
    transport.close();
    directory.release();
    equipment.logger.info('stopped');
  }

  private firstUrl(): string | null {
    if (this.config.role !== 'master') return null;
    return this.config.port === 0 ? `http://127.0.0.1:${this.opened.node.port}` : this.config.masterUrl;
  }
}
