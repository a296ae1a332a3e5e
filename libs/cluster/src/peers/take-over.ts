/**
 * The answer of a successor to a master that stops: it is promoted as by an operator, so it asks that master for a transfer,
 * which holds the writes meanwhile. A node that stops itself refuses: a cluster that is stopped as a whole elects nobody.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeStatus, TakeOverRequest } from '@replog/contracts/http.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { isStopping } from '@replog/core/role/refusals.js';
import type { NodeParts } from '../node/node-parts.js';

/** Resolves when this node is master. Rejects as `RoleRequests.promote` does. */
export async function takeOver(
  { node, logger }: Pick<NodeParts, 'node' | 'logger'>,
  { clusterId, master }: TakeOverRequest,
): Promise<NodeStatus> {
  refuseForeign(node, clusterId, master);
  if (node.isLeaving) throw isStopping();
  if (node.master?.nodeId !== master) {
    const followed = node.master === null ? 'no master' : node.master.nodeId;
    throw new ReplogError(
      'TRANSFER_REFUSED',
      `${node.nodeId} takes over no term of ${master}: it follows ${followed}.`,
    );
  }
  logger.info({ master }, `${master} stops: this node takes over its term`);
  await node.roles.requests.promote({ dryRun: false, force: false, askedBy: master });
  return node.status;
}
