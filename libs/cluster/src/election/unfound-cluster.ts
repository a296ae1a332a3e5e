/**
 * The opposite of `foundCluster`, for a wiped node that was started as master: another cluster lists it as a member. Its
 * founding records are set aside like every other record that is cut. It goes on as an empty node under a new
 * incarnation and joins the other cluster.
 */
import type { ClaimedBy } from '@replog/core/role/role-state.js';
import type { NodeParts } from '../node/node-parts.js';

/**
 * Answers whether it did. A message taken before the term ended is not given up. The cluster is forgotten before its
 * records are cut: where the process ends in between, the next start finishes it.
 */
export async function unfoundCluster(
  { node, config, random, logger }: Pick<NodeParts, 'node' | 'config' | 'random' | 'logger'>,
  { by, clusterId }: ClaimedBy,
): Promise<boolean> {
  const founded = node.clusterId;
  const { epoch, seq } = node.store.last;
  if (seq > 0) {
    logger.error(`${node.nodeId} keeps cluster ${founded}: a message was taken before ${by} of ${clusterId} was heard`);
    return false;
  }
  await node.leaveFounded(random.uuid());
  await node.store.setAsideAfter(0, { epoch, master: by });
  node.uncommitAfter(0);
  await node.loadFromLog();
  node.url = config.advertisedUrl;
  logger.warn(
    { founded, clusterId },
    `${node.nodeId} gave up the empty cluster ${founded}, which it had founded, and joins ${clusterId}, which lists it`,
  );
  return true;
}
