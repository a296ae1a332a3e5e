import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalNode } from '../node/local-node.js';
import { PromiseBook } from './vote-book.js';

const clusterId = 'a-cluster';

describe('the promises of a node', () => {
  let book: PromiseBook;

  beforeEach(async () => {
    const initial = { nodeId: 'n1', incarnation: 'first', clusterId, promised: null };
    const state = await openNodeState('/n1', () => initial, new MemoryFileSystem());
    book = new PromiseBook(new LocalNode(state, new MemoryLogStore(), null));
  });

  it('are given to another candidate as often as it asks, because an answer may be lost', async () => {
    const request = { clusterId, epoch: 2, candidate: 'n2' };
    expect((await book.promise(request)).granted).toBe(true);
    expect((await book.promise(request)).granted).toBe(true);
    expect(await book.promise({ ...request, candidate: 'n3' })).toMatchObject({
      granted: false,
      reason: 'PROMISED_OTHER',
    });
  });

  it('are given to one candidacy of its own per epoch: two would both win it', async () => {
    const request = { clusterId, epoch: 2, candidate: 'n1' };
    const answers = await Promise.all([book.promiseItself(request), book.promiseItself(request)]);
    expect(answers.map(({ granted, reason }) => [granted, reason])).toEqual([
      [true, null],
      [false, 'PROMISED_OTHER'],
    ]);
    expect((await book.promiseItself({ ...request, epoch: 3 })).granted).toBe(true);
  });

  it('are not given to itself for an epoch that another node has', async () => {
    await book.promise({ clusterId, epoch: 2, candidate: 'n2' });
    expect(await book.promiseItself({ clusterId, epoch: 2, candidate: 'n1' })).toMatchObject({ granted: false });
  });
});
