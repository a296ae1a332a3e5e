/** Answers a member of another cluster that lists this node: see `refusalOfClaim`. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ClaimRequest } from '@replog/contracts/http.js';
import { refusalOfClaim } from '@replog/core/membership/claim.js';
import { isUnfounding } from '@replog/core/role/derive.js';
import type { LocalNode } from '../node/local-node.js';
import type { NodeParts } from '../node/node-parts.js';
import { PeerError } from './transport.port.js';

type Parts = Pick<NodeParts, 'node' | 'transport' | 'config'>;

/** `url`: where the caller is reached. Resolves when this node steps down for it, or has no cluster. */
export async function answerClaim(parts: Parts, request: ClaimRequest, url: string): Promise<void> {
  const { node } = parts;
  if (isSettled(node, request)) return;
  requireClaimed(parts, request);
  await requireNobodyElse(parts, request.listed.url);
  if (isSettled(node, request)) return;
  // Checked again: messages may have come meanwhile.
  requireClaimed(parts, request);
  node.noteAddress(request.nodeId, url);
  node.roles.give({ kind: 'claimed', by: request.nodeId, clusterId: request.clusterId });
}

/** Several members may claim this node at once. */
function isSettled(node: LocalNode, { clusterId }: ClaimRequest): boolean {
  return node.clusterId === null || node.clusterId === clusterId || isUnfounding(node.roles.value);
}

function requireClaimed({ node }: Parts, { clusterId, nodeId, listed }: ClaimRequest): void {
  const founder = {
    nodeId: node.nodeId,
    clusterId: node.clusterId as string,
    holdsTerm: node.holdsTerm,
    messages: node.store.last.seq,
    others: node.membership.members.length - 1 + node.knownAddresses.length,
  };
  const refusal = refusalOfClaim(founder, { clusterId, nodeId, listed: listed.nodeId });
  if (refusal !== null) throw new ReplogError('FOREIGN_CLUSTER', refusal);
}

/** Two clusters may use one node id. Then the listed node lives at its own address, and this one is not meant. */
async function requireNobodyElse({ node, transport, config }: Parts, url: string): Promise<void> {
  const limits = { timeoutMs: config.healthcheckTimeoutMs };
  const answers = await transport.status(url, limits).then(
    ({ bootId }) => bootId !== node.bootId,
    (error: unknown) => error instanceof PeerError && error.code !== null,
  );
  if (!answers) return;
  throw new ReplogError(
    'FOREIGN_CLUSTER',
    `Another living node answers at ${url}, where ${node.nodeId} is listed. Nothing is changed. ` +
      'Give one of the two nodes another NODE_ID, or point the caller at the master of its own cluster.',
  );
}
