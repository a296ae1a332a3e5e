/**
 * The roles as Nest applications behind the node's one door. To build one takes far longer than to begin a role, so each is
 * built before it is needed: at most one of each kind stands ready.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { Role } from '@replog/contracts/http.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { PingScheduler } from '@replog/master/health/ping.scheduler.js';
import { OfficeService } from '@replog/master/term/office.service.js';
import { Follower } from '@replog/secondary/messages/follower.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import type { MasterTerm, SecondaryTerm, TermStart, Terms } from '../role/terms.port.js';
import { createRoleApp } from './role-app.js';
import type { RoleApp } from './role-app.js';
import { MasterRoot, SecondaryRoot } from './role-roots.js';
import type { RoleSwitch } from './role-switch.js';

export class HttpTerms implements Terms {
  private readonly building = new Map<Role, Promise<void>>();
  private readonly ready = new Map<Role, RoleApp>();
  /** Applications that let out the answers they owe. */
  private readonly closing = new Set<Promise<void>>();

  constructor(
    private readonly parts: NodeParts,
    private readonly door: RoleSwitch,
  ) {}

  prepare(role: Role): Promise<void> {
    if (this.ready.has(role)) return Promise.resolve();
    const building = this.building.get(role) ?? this.build(role).finally(() => this.building.delete(role));
    this.building.set(role, building);
    return building;
  }

  beginMaster({ epochStartIndex }: TermStart): MasterTerm {
    const role = this.take('master');
    const office = role.app.get(OfficeService, { strict: false });
    office.enter(epochStartIndex);
    this.door.turnTo(role);
    role.app.get(PingScheduler, { strict: false }).start();
    return { end: (because) => this.endMaster(role, office, because) };
  }

  beginSecondary(): SecondaryTerm {
    const role = this.take('secondary');
    const follower = role.app.get(Follower, { strict: false });
    this.door.turnTo(role);
    role.app.get(RegistrationService, { strict: false }).start();
    return { hangUp: (reason) => follower.hangUp(reason), end: () => this.retire(role) };
  }

  async close(): Promise<void> {
    await Promise.all(this.building.values());
    for (const role of this.ready.values()) void this.retire(role);
    this.ready.clear();
    await Promise.all(this.closing);
  }

  /** A node that stops refuses new requests at once; one that steps down is read from until the next role is in force. */
  private async endMaster(role: RoleApp, office: OfficeService, because: ReplogError): Promise<void> {
    const left = office.leave(because);
    const isStopping = because.code === 'SHUTTING_DOWN';
    if (isStopping) void this.retire(role);
    await left;
    if (isStopping) return;
    await this.prepare('secondary');
    void this.retire(role);
  }

  private async build(role: Role): Promise<void> {
    const root = role === 'master' ? MasterRoot.forNode(this.parts) : SecondaryRoot.forNode(this.parts);
    this.ready.set(role, await createRoleApp(root, this.parts, role));
  }

  private take(role: Role): RoleApp {
    const app = this.ready.get(role);
    if (app === undefined) throw new Error(`no ${role} was prepared`);
    this.ready.delete(role);
    return app;
  }

  private retire(role: RoleApp): Promise<void> {
    const closed = role.close();
    this.closing.add(closed);
    return closed;
  }
}
