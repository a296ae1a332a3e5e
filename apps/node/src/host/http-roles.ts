/** The roles as Nest applications behind the node's one door. A role answers from the moment it is entered. */
import { MasterModule, OfficeService, PingScheduler } from '@replog/master';
import { Follower, RegistrationService, SecondaryModule } from '@replog/secondary';
import { createRoleApp } from '@replog/platform';
import type { NodeParts } from '@replog/platform';
import type { RoleSwitch } from './role-switch.js';
import type { PreparedMaster, PreparedSecondary, RoleFactory } from './roles.js';

export class HttpRoles implements RoleFactory {
  constructor(private readonly door: RoleSwitch) {}

  async prepareMaster(parts: NodeParts): Promise<PreparedMaster> {
    const role = await createRoleApp(MasterModule.forNode(parts), parts, 'master');
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
    const role = await createRoleApp(SecondaryModule.forNode(parts), parts, 'secondary');
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
