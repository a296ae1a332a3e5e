import type { ReadConcern } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeView } from '../node/node-view.js';

/** The last index that a read of this concern may show now. It is never beyond what is durable here. */
export function visibleUpTo(store: LogStore, view: NodeView, concern: ReadConcern): number {
  const durable = store.durable.index;
  return concern === 'local' ? durable : Math.min(durable, view.committed);
}
