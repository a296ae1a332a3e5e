/** How a master refuses a node that is in a higher epoch. Each refusal has a way for the node to join later. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeStatus, RegisterRequest } from '@replog/contracts/http.js';
import { askMembers } from '@replog/cluster/election/ask-members.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { speaksForMember } from '@replog/core/election/higher-epoch.js';

/**
 * A member with a higher epoch proves that this term is over: the master steps down. Any other node may hold to an epoch
 * that nobody won. Then it is told so, and joins without its votes.
 */
export async function refuseHigherEpoch(
  ports: Pick<NodeParts, 'node' | 'transport' | 'config'>,
  request: RegisterRequest,
  url: string,
  { last }: NodeStatus,
): Promise<void> {
  const { node } = ports;
  const { epoch, nodeId } = request;
  const { epoch: own } = node;
  if (epoch <= own) return;
  // If this node campaigns again, it polls this address and campaigns above that epoch.
  node.noteAddress(nodeId, url);
  if (speaksForMember(node.membership, request)) {
    node.heardEpoch(epoch, request);
    throw isOver(node, own, request);
  }
  const say = await askMembers(ports);
  if (say.kind === 'over') node.confirmedEpoch(say.epoch, say.from);
  if (!node.holdsTerm || node.epoch !== own) throw isOver(node, own, request);
  if (say.kind !== 'current') throw isUndecided(node, request);
  if (last.epoch > own) throw hasOtherHistory(node, request, last.epoch);
  throw new ReplogError(
    'EPOCH_UNKNOWN',
    `${nodeId} is in epoch ${epoch}, and no member of this cluster knows that epoch. ${nodeId} forgets its votes and ` +
      'registers again by itself, as a new incarnation.',
    { extra: { epoch: own } },
  );
}

function isOver(node: LocalNode, own: number, { epoch, nodeId }: RegisterRequest): ReplogError {
  const sentence = `Epoch ${own} of ${node.nodeId} is over: ${nodeId} is in epoch ${epoch}.`;
  return new ReplogError('STALE_EPOCH', `${sentence} Register again when there is a master.`, { extra: { epoch } });
}

function isUndecided(node: LocalNode, { epoch, nodeId }: RegisterRequest): ReplogError {
  return new ReplogError(
    'STALE_EPOCH',
    `${nodeId} is in epoch ${epoch}, ${node.nodeId} is master in epoch ${node.epoch}, and too few members answer to say ` +
      'which epoch is over. Register again when a majority of the members can be reached.',
    { extra: { epoch } },
  );
}

function hasOtherHistory(node: LocalNode, { epoch, nodeId }: RegisterRequest, lastEpoch: number): ReplogError {
  return new ReplogError(
    'STALE_EPOCH',
    `The log of ${nodeId} has records of epoch ${lastEpoch}, which no member of this cluster knows; ${node.nodeId} is master ` +
      `in epoch ${node.epoch}. Give ${nodeId} an empty data directory, or promote a member: the next epoch is a higher one.`,
    { extra: { epoch } },
  );
}
