import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { refuseHigherEpoch } from './refuse-higher-epoch.js';

const request = { clusterId: 'c', nodeId: 'x1', incarnation: 'i1', port: 1, epoch: 9, lastIndex: 0 };

/** n1 is master in epoch 5 of n1, n2 and n3; x1 is in epoch 9. */
describe('a registration from a higher epoch', () => {
  let node: LocalNode;
  let answers: Map<string, number>;

  beforeEach(async () => {
    const initial = { nodeId: 'n1', incarnation: 'i1', clusterId: 'c', promised: { epoch: 5, to: 'n1' } };
    const state = await openNodeState('/n1', () => initial, new MemoryFileSystem());
    node = new LocalNode(state, new MemoryLogStore(), 'http://n1', 'boot-1');
    const members = ['n1', 'n2', 'n3'].map((nodeId) => ({ nodeId, incarnation: 'i1', url: `http://${nodeId}` }));
    node.membershipWritten({ members, removed: [] }, 1);
    node.roles.give({ kind: 'started', prefers: 'master', mayFound: false, damage: null });
    node.roles.give({ kind: 'pollDecided', result: { kind: 'campaign', epoch: 5 } });
    node.roles.give({ kind: 'campaignWon', epoch: 5, epochStartIndex: 1, heldEpoch: 5 });
    answers = new Map([
      ['http://n2', 5],
      ['http://n3', 5],
    ]);
  });

  function refuse(given: Partial<typeof request>, lastEpoch = 0): Promise<void> {
    const statusOf = (url: string): NodeStatus => ({ ...node.status, nodeId: url.slice(7), url });
    const transport: Partial<Transport> = {
      status: (url) => {
        const epoch = answers.get(url);
        return epoch === undefined ? Promise.reject(new Error('silent')) : Promise.resolve({ ...statusOf(url), epoch });
      },
    };
    const ports = { node, transport: transport as Transport, config: testConfig() };
    const status = { ...node.status, last: { index: 0, epoch: lastEpoch, chain: 0 } };
    return refuseHigherEpoch(ports, { ...request, ...given }, 'http://x1', status);
  }

  it('is none where the epoch is not higher', async () => {
    await expect(refuse({ epoch: 5 })).resolves.toBeUndefined();
  });

  it('of a member ends the term', async () => {
    await expect(refuse({ nodeId: 'n2' })).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(node.holdsTerm).toBe(false);
  });

  it('of a stranger does not: the stranger is told that no member knows its epoch', async () => {
    const refusal = { code: 'EPOCH_UNKNOWN', details: { extra: { epoch: 5 } } };
    await expect(refuse({})).rejects.toMatchObject(refusal);
    expect([node.holdsTerm, node.addressOf('x1')]).toEqual([true, 'http://x1']);
  });

  it('of a stranger ends it where a member confirms the epoch', async () => {
    answers.set('http://n3', 9);
    await expect(refuse({})).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(node.holdsTerm).toBe(false);
  });

  it('of a stranger stays open while too few members answer', async () => {
    answers.clear();
    const sentence = expect.stringContaining('too few members answer') as unknown;
    await expect(refuse({})).rejects.toMatchObject({ code: 'STALE_EPOCH', message: sentence });
    expect(node.holdsTerm).toBe(true);
  });

  it('of a stranger whose log is of another history says so', async () => {
    const sentence = expect.stringContaining('has records of epoch 7') as unknown;
    await expect(refuse({}, 7)).rejects.toMatchObject({ code: 'STALE_EPOCH', message: sentence });
    expect(node.holdsTerm).toBe(true);
  });
});
