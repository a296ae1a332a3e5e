/** The roles as Nest applications behind the node's one door. A role answers from the moment it is open. */
import { MasterModule, OfficeService } from '@replog/master';
import { Follower, SecondaryModule } from '@replog/secondary';
import { createRoleApp } from '@replog/platform';
import type { NodeParts } from '@replog/platform';
import type { RoleSwitch } from './role-switch.js';
import type { MasterInForce, RoleFactory, SecondaryInForce } from './roles.js';

export class HttpRoles implements RoleFactory {
  constructor(private readonly door: RoleSwitch) {}

  async openMaster(parts: NodeParts, epochStartIndex: number): Promise<MasterInForce> {
    const role = await createRoleApp(MasterModule.forNode(parts, epochStartIndex), parts);
    this.door.turnTo(role);
    const office = role.app.get(OfficeService, { strict: false });
    return { leave: (because) => office.leave(because), close: () => role.close() };
  }

  async openSecondary(parts: NodeParts): Promise<SecondaryInForce> {
    const role = await createRoleApp(SecondaryModule.forNode(parts), parts);
    this.door.turnTo(role);
    const follower = role.app.get(Follower, { strict: false });
    return { hangUp: (reason) => follower.hangUp(reason), close: () => role.close() };
  }
}
