import { ReplogError } from '@replog/contracts/errors.js';
import { WITHOUT_MASTER } from '@replog/core/quorum/way-out.js';
import type { KnownMaster, NodeView } from './node-view.js';

/**
 * A request that only a master can answer reached another node. The node passes it on if it is a client's; a node that asks
 * is answered 307 to the master if it is known, with the request's own path. Without a known master it is 503 for both.
 */
export function notMaster(master: KnownMaster | null): ReplogError {
  if (master === null) {
    const sentence = `This node is a secondary and knows of no living master. Try again shortly. ${WITHOUT_MASTER}`;
    return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
  }
  return new ReplogError('NOT_MASTER', `This node is a secondary. Send this request to the master at ${master.url}.`, {
    location: master.url,
    extra: { master: { nodeId: master.nodeId, url: master.url } },
  });
}

/**
 * The same for a request that needs a held term. A master whose term has ended does not name another master; it says what
 * keeps it from serving, such as damage of its log.
 */
export function noTermHere({
  nodeId,
  master,
  notReady,
}: Pick<NodeView, 'nodeId' | 'master' | 'notReady'>): ReplogError {
  if (master !== null && master.nodeId !== nodeId) return notMaster(master);
  const { code, message, details } = notMaster(null);
  return new ReplogError(code, notReady === null ? message : `${message} It is not ready itself: ${notReady}`, details);
}
