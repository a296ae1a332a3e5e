import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { LocalNode } from '../node/local-node.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { foundCluster, mayFound } from './found-cluster.js';
import { unfoundCluster } from './unfound-cluster.js';

type Parts = Parameters<typeof foundCluster>[0];

const CLAIM = { kind: 'claimed', by: 'n2', clusterId: 'theirs' } as const;

describe('founding a cluster', () => {
  let state: NodeStateStore;
  let store: LogStore;
  let starts = 0;

  beforeEach(async () => {
    const initial = { nodeId: 'n1', incarnation: 'first', clusterId: null, promised: null };
    state = await openNodeState('/n1', () => initial, new MemoryFileSystem());
    store = new MemoryLogStore();
  });

  /** The same directory, as the next start finds it. */
  function started(): Parts {
    const node = new LocalNode(state, store, 'http://n1', 'boot-1');
    const rest = {
      clock: new VirtualClock(),
      random: new SeededRandom(++starts),
      logger: pino({ level: 'silent' }),
      metrics: createMetrics(),
    };
    return { node, ...rest } as Partial<Parts> as Parts;
  }

  function unfounding(parts: Parts): Parameters<typeof unfoundCluster>[0] {
    return { ...parts, config: testConfig({ NODE_ID: 'n1' }) };
  }

  it('is for an empty directory, and done once', async () => {
    expect(mayFound(started())).toBe(true);
    await foundCluster(started());
    expect(store.last).toMatchObject({ index: 2, epoch: 1 });
    expect(mayFound(started())).toBe(false);
  });

  it('is completed under the same cluster id after a crash in between', async () => {
    store.append = () => {
      throw new Error('the power is lost');
    };
    await expect(foundCluster(started())).rejects.toThrow('power');
    const { clusterId } = state.current;
    store = new MemoryLogStore();
    expect(mayFound(started())).toBe(true);
    await foundCluster(started());
    expect(state.current.clusterId).toBe(clusterId);
  });

  it('is never repeated by a founder that has lost its whole log to a repair', async () => {
    await foundCluster(started());
    // In the order of a repair: first the new incarnation, then the damaged segment moves.
    await state.save({ incarnation: 'second' });
    await store.quarantineFrom(1);
    expect(store.last.index).toBe(0);
    expect(mayFound(started())).toBe(false);
  });

  it('is undone for a cluster that lists the node, under a new incarnation, and its records are set aside', async () => {
    await foundCluster(started());
    const parts = started();
    expect(await unfoundCluster(unfounding(parts), CLAIM)).toBe(true);
    expect(state.current).toMatchObject({ clusterId: null, promised: null });
    expect(state.current.incarnation).not.toBe('first');
    expect([parts.node.epoch, parts.node.membership.members, store.last.index]).toEqual([0, [], 0]);
    expect(await store.orphanSets()).toMatchObject([{ firstIndex: 1, lastIndex: 2 }]);
  });

  it('is not undone once there is a message', async () => {
    await foundCluster(started());
    const message = { kind: RecordKind.Message, epoch: 1, timestampMs: 1, key: null, payload: Buffer.from('"mine"') };
    store.append(encodeRecords([message], store.last).bytes);
    const { clusterId } = state.current;
    expect(await unfoundCluster(unfounding(started()), CLAIM)).toBe(false);
    expect([state.current.clusterId, store.last.index]).toEqual([clusterId, 3]);
  });

  it('begins anew where the power was lost while it was undone', async () => {
    await foundCluster(started());
    const { clusterId } = state.current;
    const setAside = store.setAsideAfter.bind(store);
    store.setAsideAfter = () => Promise.reject(new Error('the power is lost'));
    await expect(unfoundCluster(unfounding(started()), CLAIM)).rejects.toThrow('power');
    store.setAsideAfter = setAside;
    expect(mayFound(started())).toBe(true);
    await foundCluster(started());
    expect([store.last.index, state.current.clusterId === clusterId]).toEqual([2, false]);
    expect(await store.orphanSets()).toHaveLength(1);
  });

  it('is refused for a node of a cluster that another node founded', async () => {
    await state.save({ clusterId: 'theirs', promised: { epoch: 1, to: 'n2' } });
    expect(mayFound(started())).toBe(false);
  });
});
