import { encodeRecords } from '@replog/contracts/encode-records.js';
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalNode } from '../node/local-node.js';
import { VoteBook } from './vote-book.js';

const clusterId = 'a-cluster';
const INITIAL = { nodeId: 'n1', incarnation: 'first', clusterId, promised: null };

describe('the votes of a node', () => {
  let book: VoteBook;
  let node: LocalNode;

  beforeEach(async () => {
    const state = await openNodeState('/n1', () => INITIAL, new MemoryFileSystem());
    node = new LocalNode(state, new MemoryLogStore(), null, 'boot-1');
    book = new VoteBook(node, { wallMs: () => 0 });
  });

  it('are given to another candidate as often as it asks, because an answer may be lost', async () => {
    const request = { clusterId, epoch: 2, candidate: 'n2' };
    expect((await book.vote(request)).granted).toBe(true);
    expect((await book.vote(request)).granted).toBe(true);
    expect(await book.vote({ ...request, candidate: 'n3' })).toMatchObject({
      granted: false,
      reason: 'VOTED_OTHER',
    });
  });

  it('are given to one campaign of the node itself per epoch: two would both win it', async () => {
    const request = { clusterId, epoch: 2, candidate: 'n1' };
    const answers = await Promise.all([book.voteForItself(request), book.voteForItself(request)]);
    expect(answers.map(({ granted, reason }) => [granted, reason])).toEqual([
      [true, null],
      [false, 'VOTED_OTHER'],
    ]);
    expect((await book.voteForItself({ ...request, epoch: 3 })).granted).toBe(true);
  });

  it('are refused at once while the disk is stalled, also behind a vote that is being saved', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const state = await openNodeState('/n1', () => INITIAL, files);
    const node = new LocalNode(state, new MemoryLogStore(), null, 'boot-1');
    const votes = new VoteBook(node, { wallMs: () => 0 });
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const { operations } = files;
    files.plan = ({ kind }) => (kind === 'sync' ? { kind: 'hang', until } : null);
    const saving = votes.vote({ clusterId, epoch: 2, candidate: 'n2' });
    await vi.waitFor(() => expect(files.operations).toBeGreaterThan(operations));
    node.disk = { isStalled: true, isFull: false };
    const refused = await votes.vote({ clusterId, epoch: 3, candidate: 'n3' });
    expect(refused).toMatchObject({ granted: false, reason: 'STORAGE_STALLED', status: { storage: 'stalled' } });
    release();
    expect((await saving).granted).toBe(true);
    node.disk = { isStalled: false, isFull: false };
    expect((await votes.vote({ clusterId, epoch: 3, candidate: 'n3' })).granted).toBe(true);
  });

  it('are not given to itself in an epoch in which another node has its vote', async () => {
    await book.vote({ clusterId, epoch: 2, candidate: 'n2' });
    expect(await book.voteForItself({ clusterId, epoch: 2, candidate: 'n1' })).toMatchObject({ granted: false });
  });

  it('are forgotten together with the incarnation, where no member knows their epoch', async () => {
    await book.vote({ clusterId, epoch: 9, candidate: 'x1' });
    expect(await book.forget(8, 5, 'second')).toBe(false);
    expect(await book.forget(9, 5, 'second')).toBe(true);
    expect([node.epoch, node.incarnation, node.state.current.promised]).toEqual([0, 'second', null]);
    expect((await book.vote({ clusterId, epoch: 6, candidate: 'n2' })).granted).toBe(true);
  });

  it('are not forgotten by a node with records above the epoch of the master', async () => {
    const draft = { epoch: 7, kind: RecordKind.Message, timestampMs: 1, key: null, payload: Buffer.from('1') };
    node.store.append(encodeRecords([draft], LOG_START).bytes);
    await book.vote({ clusterId, epoch: 9, candidate: 'x1' });
    expect(await book.forget(9, 5, 'second')).toBe(false);
    expect([node.epoch, node.incarnation]).toEqual([9, 'first']);
  });
});
