/** What a node opens once and passes to each of its roles. */
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { Transport } from '../peers/transport.port.js';
import type { IdentityService } from '../identity/identity.service.js';
import type { LocalNode } from './local-node.js';
import type { NodeContext } from './node-context.js';
import type { VoteBook } from '../votes/vote-book.js';

export const NODE_PARTS = Symbol('NODE_PARTS');

export interface NodeParts extends NodeContext {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly votes: VoteBook;
  readonly identity: IdentityService;
  readonly damage: DamageReporter;
}
