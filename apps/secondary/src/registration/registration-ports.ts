/** What registering and leaving need of the node. */
import type { Logger } from 'pino';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { IdentityService } from '@replog/cluster/identity/identity.service.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

export interface RegistrationPorts {
  readonly node: LocalNode;
  readonly identity: Pick<IdentityService, 'renew'>;
  readonly votes: VoteBook;
  readonly config: NodeConfig;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
