import type { NodeStart, NodeStatus } from '@replog/contracts/http.js';
import type { ElectionSettings } from '../election/election-settings.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

type Facts = Omit<Required<NodeStatus>, 'last' | 'boots' | 'yours' | 'priority' | keyof NodeStart> & {
  readonly start: Partial<NodeStart> & Pick<NodeStart, 'incarnation'>;
  readonly settings: Pick<ElectionSettings, 'priority'>;
  readonly store: Pick<LogStore, 'last'>;
};

/** What a node tells others about itself. */
export function statusOf(node: Facts): NodeStatus {
  const { clusterId, nodeId, start, role, holdsTerm, url, master, committed, storage, hears, settings, store } = node;
  const { index, epoch, chain } = store.last;
  const last = { index, epoch, chain };
  return {
    clusterId,
    nodeId,
    ...start,
    role,
    holdsTerm,
    epoch: node.epoch,
    url,
    master,
    last,
    committed,
    storage,
    hears,
    priority: settings.priority,
  };
}
