/** The roles as Nest applications behind the node's one door. A role answers from the moment it is entered. */
import { PingScheduler } from '@replog/master/health/ping.scheduler.js';
import { OfficeService } from '@replog/master/term/office.service.js';
import { Follower } from '@replog/secondary/messages/follower.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import { createRoleApp } from './role-app.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { RoleSwitch } from './role-switch.js';
import type { PreparedMaster, PreparedSecondary, RoleFactory } from './roles.js';
import { MasterRoot, SecondaryRoot } from './role-roots.js';

export class HttpRoles implements RoleFactory {
  constructor(private readonly door: RoleSwitch) {}

  async prepareMaster(parts: NodeParts): Promise<PreparedMaster> {
    const role = await createRoleApp(MasterRoot.forNode(parts), parts, 'master');
    const office = role.app.get(OfficeService, { strict: false });
    const pings = role.app.get(PingScheduler, { strict: false });
    return {
      enter: (epochStartIndex) => {
        office.enter(epochStartIndex);
        this.door.turnTo(role);
        pings.start();
        return { leave: (because) => office.leave(because), close: () => role.close() };
      },
      discard: () => role.close(),
    };
  }

  async prepareSecondary(parts: NodeParts): Promise<PreparedSecondary> {
    const role = await createRoleApp(SecondaryRoot.forNode(parts), parts, 'secondary');
    const follower = role.app.get(Follower, { strict: false });
    const registration = role.app.get(RegistrationService, { strict: false });
    return {
      enter: () => {
        this.door.turnTo(role);
        registration.start();
        return { hangUp: (reason) => follower.hangUp(reason), close: () => role.close() };
      },
      discard: () => role.close(),
    };
  }
}
