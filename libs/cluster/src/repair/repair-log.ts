/**
 * Takes a damaged segment out of use, so that the master sends its records again. The node becomes another incarnation,
 * which does not count until it has caught up. Nothing is deleted: the segment moves to quarantine.
 */
import type { Damage } from '@replog/core/role/role-state.js';
import type { NodeParts } from '../node/node-parts.js';

/**
 * `hangUp`: ends the link to the master. The new incarnation is saved first, because the shorter log must never count
 * for the old incarnation.
 */
export async function repairLog(
  { node, random, logger }: Pick<NodeParts, 'node' | 'random' | 'logger'>,
  { index, segment }: Damage,
  hangUp: (reason: string) => Promise<void>,
): Promise<void> {
  await hangUp('a damaged record is being repaired');
  await node.state.save({ incarnation: random.uuid() });
  await node.store.quarantineFrom(index);
  await node.state.save({ damage: null });
  await node.loadFromLog();
  node.forgetMaster();
  logger.warn(
    { segment, index },
    `segment ${segment} is in quarantine; everything from record ${index} on comes from the master`,
  );
}
