/**
 * Roles built ahead of need, at most one of each kind: while writes pause for a change of master, a node has only to
 * enter what it has built before.
 */
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { PreparedMaster, PreparedSecondary, RoleFactory } from './roles.js';

export class PreparedRoles {
  private readonly master: Place<PreparedMaster>;
  private readonly secondary: Place<PreparedSecondary>;

  constructor(factory: RoleFactory, parts: () => NodeParts) {
    this.master = new Place(() => factory.prepareMaster(parts()));
    this.secondary = new Place(() => factory.prepareSecondary(parts()));
  }

  /** Resolves when `takeMaster` need not wait. */
  async prepareMaster(): Promise<void> {
    await this.master.fill();
  }

  async prepareSecondary(): Promise<void> {
    await this.secondary.fill();
  }

  takeMaster(): Promise<PreparedMaster> {
    return this.master.take();
  }

  takeSecondary(): Promise<PreparedSecondary> {
    return this.secondary.take();
  }

  async discard(): Promise<void> {
    await Promise.all([this.master.discard(), this.secondary.discard()]);
  }
}

class Place<Prepared extends { discard(): Promise<void> }> {
  /** Never one that has failed: the next who asks builds anew. */
  private held: Promise<Prepared> | null = null;

  constructor(private readonly build: () => Promise<Prepared>) {}

  fill(): Promise<Prepared> {
    const building = (this.held ??= this.build());
    void building.catch(() => {
      if (this.held === building) this.held = null;
    });
    return building;
  }

  take(): Promise<Prepared> {
    const taken = this.fill();
    this.held = null;
    return taken;
  }

  async discard(): Promise<void> {
    const { held } = this;
    this.held = null;
    await (await held?.catch(() => null))?.discard();
  }
}
