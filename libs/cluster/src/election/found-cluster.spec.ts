import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { LocalNode } from '../node/local-node.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { foundCluster, mayFound } from './found-cluster.js';

type Parts = Parameters<typeof foundCluster>[0];

describe('founding a cluster', () => {
  let state: NodeStateStore;
  let store: LogStore;

  beforeEach(async () => {
    const initial = { nodeId: 'n1', incarnation: 'first', clusterId: null, promised: null };
    state = await openNodeState('/n1', () => initial, new MemoryFileSystem());
    store = new MemoryLogStore();
  });

  /** The same directory, as the next start finds it. */
  function started(): Parts {
    const node = new LocalNode(state, store, 'http://n1', 'boot-1');
    const rest = { clock: new VirtualClock(), random: new SeededRandom(1), logger: pino({ level: 'silent' }) };
    return { node, ...rest } as Partial<Parts> as Parts;
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

  it('is refused for a node of a cluster that another node founded', async () => {
    await state.save({ clusterId: 'theirs', promised: { epoch: 1, to: 'n2' } });
    expect(mayFound(started())).toBe(false);
  });
});
