/** What a node has for as long as it lives and hands to each role: opened once. */
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { Transport } from '../peers/transport.port.js';
import type { LocalNode } from './local-node.js';
import type { NodeContext } from './node-context.js';
import type { VoteBook } from '../votes/vote-book.js';
import type { RoleRequests } from '../role/role-requests.port.js';

export interface NodeParts extends NodeContext {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly votes: VoteBook;
  readonly damage: DamageReporter;
  readonly requests: RoleRequests;
}
