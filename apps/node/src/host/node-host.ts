/** One node of one process: its open port, and behind it the life of its roles. */
import { Scrub } from '@replog/cluster/repair/scrub.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { HttpRoles } from './http-roles.js';
import type { OpenedNode } from './open-node.js';
import { RoleLife } from './role-life.js';
import { RoleSwitch } from './role-switch.js';

export class NodeHost {
  private readonly door: RoleSwitch;
  private readonly life: RoleLife;
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
    this.life = new RoleLife({ parts, roles: new HttpRoles(this.door), damage, onFatal });
    this.scrub = new Scrub({ ...equipment, log: store, damage: this.life.damage }, this.config.scrubBytesPerSecond);
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
    await this.life.start();
    this.scrub.start();
  }

  /** Readiness turns, the role ends in order, the log is synced and let go of. To be called once. */
  async stop(): Promise<void> {
    const { node, store, transport, directory, equipment } = this.opened;
    node.block('shutdown', 'This node is shutting down.');
    node.change.end();
    await this.scrub.stop();
    await this.life.stop();
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
