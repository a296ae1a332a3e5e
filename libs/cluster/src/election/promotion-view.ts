/** The answer to an operator who promotes a node. */
import type { PromotionView } from '@replog/contracts/views.js';
import type { PromotionRequest } from '../role/role-requests.port.js';
import type { NodeParts } from '../node/node-parts.js';
import type { Forecast } from './forecast.js';

/** The node is master already: there is nothing to do. */
export function alreadyMaster({ node }: NodeParts): PromotionView {
  const { index, epoch } = node.store.last;
  return {
    outcome: 'already-master',
    nodeId: node.nodeId,
    epoch: node.epoch,
    transfer: null,
    mostAdvanced: { nodeId: node.nodeId, lastIndex: index, lastEpoch: epoch },
    orphaned: [],
    unreachable: [],
    forced: false,
    mayBeLost: null,
  };
}

/** `epoch`: the epoch of the term, won or forecast. */
export function viewOfForecast(
  { node }: NodeParts,
  forecast: Forecast,
  { force }: PromotionRequest,
  { outcome, epoch }: { readonly outcome: 'promoted' | 'forecast'; readonly epoch: number },
): PromotionView {
  const { transfer, mostAdvanced, orphaned, unreachable } = forecast;
  const absent = unreachable.map(({ nodeId }) => nodeId).join(', ');
  const mayBeLost = force
    ? `Records that only ${absent} had, acknowledged with a majority or not, are not in the log of the new master: ` +
      'they become orphans when those nodes return.'
    : null;
  return {
    outcome,
    nodeId: node.nodeId,
    epoch,
    transfer,
    mostAdvanced,
    orphaned,
    unreachable,
    forced: force,
    mayBeLost,
  };
}
