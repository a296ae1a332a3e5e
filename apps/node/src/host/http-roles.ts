/** The roles as Nest applications behind the node's one door. A role answers from the moment it is entered. */
import { PingScheduler } from '@replog/master/health/ping.scheduler.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { MasterTerms } from '@replog/master/term/master-terms.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import { SecondaryTerms } from '@replog/secondary/term/secondary-terms.js';
import { createRoleApp } from './role-app.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { RoleSwitch } from './role-switch.js';
import type { PreparedMaster, PreparedSecondary, RoleFactory } from './roles.js';
import { MasterRoot, SecondaryRoot } from './role-roots.js';

export class HttpRoles implements RoleFactory {
  constructor(private readonly door: RoleSwitch) {}

  async prepareMaster(parts: NodeParts): Promise<PreparedMaster> {
    const role = await createRoleApp(MasterRoot.forNode(parts), parts, 'master');
    const terms = role.app.get(MasterTerms, { strict: false });
    const pings = role.app.get(PingScheduler, { strict: false });
    return {
      enter: (epochStartIndex) => {
        const term = terms.begin({ epoch: parts.node.epoch, epochStartIndex });
        this.door.turnTo(role);
        pings.start();
        return {
          leave: (because) => term.end(because),
          close: () => term.end(shuttingDown()).then(() => role.close()),
        };
      },
      discard: () => role.close(),
    };
  }

  async prepareSecondary(parts: NodeParts): Promise<PreparedSecondary> {
    const role = await createRoleApp(SecondaryRoot.forNode(parts), parts, 'secondary');
    const terms = role.app.get(SecondaryTerms, { strict: false });
    const registration = role.app.get(RegistrationService, { strict: false });
    return {
      enter: () => {
        const term = terms.begin();
        this.door.turnTo(role);
        registration.start();
        return { hangUp: (reason) => term.hangUp(reason), close: () => term.end().then(() => role.close()) };
      },
      discard: () => role.close(),
    };
  }
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'This node is shutting down. Repeat the request shortly.', {
    retryAfterS: 1,
  });
}
