import { openNodeState } from '@replog/log-store/state/node-state.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SeenStarts } from './seen-starts.js';

const INITIAL = { nodeId: 'n1', incarnation: 'first', clusterId: 'c', promised: null };
const START = { nodeId: 'n2', incarnation: 'i', starts: 3, bootId: 'boot-3', boots: ['boot-2', 'boot-3'] };
const NOTED = { incarnation: 'i', starts: 3, bootId: 'boot-3' };

describe('the starts of others that a node has seen', () => {
  let files: FaultyFileSystem;
  let state: NodeStateStore;
  let seen: SeenStarts;

  beforeEach(async () => {
    files = new FaultyFileSystem(new MemoryFileSystem());
    state = await openNodeState('/n1', () => INITIAL, files);
    seen = new SeenStarts(state);
  });

  const onDisk = async (): Promise<unknown> =>
    (await openNodeState('/n1', () => INITIAL, files)).current.seen?.[START.nodeId];

  it('are settled when they are on disk', async () => {
    seen.note(START);
    expect(seen.of('n2')).toEqual(NOTED);
    expect(await onDisk()).toBeUndefined();
    await seen.settled();
    expect(await onDisk()).toEqual(NOTED);
  });

  it('are saved again when a save has failed and the node is heard of again, until that succeeds', async () => {
    files.plan = ({ kind }) => (kind === 'write' ? { kind: 'error', code: 'ENOSPC' } : null);
    seen.note(START);
    await seen.settled();
    expect(seen.note(START)).toBe('same');
    await seen.settled();
    files.plan = () => null;
    expect(await onDisk()).toBeUndefined();
    expect(seen.note(START)).toBe('same');
    await seen.settled();
    expect(await onDisk()).toEqual(NOTED);
    const { operations } = files;
    seen.note(START);
    await seen.settled();
    expect(files.operations).toBe(operations);
  });

  it('are not replaced by a start of an older copy', async () => {
    seen.note(START);
    expect(seen.note({ ...START, starts: 2, bootId: 'copy' })).toBe('earlier');
    await seen.settled();
    expect(await onDisk()).toEqual(NOTED);
  });
});
