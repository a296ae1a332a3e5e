/** A node with nothing behind it, for specs of the platform. */
import { testConfig } from '@replog/runtime/testing/test-config.js';
import type { NodeContext, NodeEquipment } from '../node/node-context.js';
import { equipNode } from '../node/node-context.js';
import type { NodeView } from '../node/node-view.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function testView(changes: Partial<NodeView> = {}): Mutable<NodeView> {
  return {
    nodeId: 'm1',
    incarnation: 'first',
    clusterId: null,
    role: 'master',
    holdsTerm: true,
    epoch: 1,
    committed: 0,
    master: null,
    damage: null,
    storage: 'ok',
    orphans: { totals: { sets: 0, messages: 0 } },
    notReady: null,
    refusesReads: null,
    onCommitted: () => () => undefined,
    confirmTerm: () => Promise.resolve(0),
    ...changes,
  };
}

/** As much of a log as the platform uses. */
export function testLog(): LogStore {
  const position = { index: 0, epoch: 0, chain: 0, seq: 0 };
  const log: Partial<LogStore> = {
    last: position,
    durable: position,
    stats: { syncs: 0, syncedRecords: 0, syncedBytes: 0, lastSyncMs: 0 },
    onDurable: () => () => undefined,
  };
  return log as LogStore;
}

export function testContext(given: Partial<NodeEquipment> & { view?: NodeView } = {}): NodeContext {
  const { view = testView(), ...equipment } = given;
  return { ...equipNode(equipment.config ?? testConfig(), equipment), view, log: testLog() };
}
