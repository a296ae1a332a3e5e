import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import type { NodeState } from './node-state.js';
import { openNodeState } from './node-state.js';

const FIRST: NodeState = { nodeId: 's1', incarnation: 'a', clusterId: null, promised: null };
const NEXT: NodeState = { ...FIRST, clusterId: 'c', promised: { epoch: 4, to: 'm1' } };

describe('node state', () => {
  it('is created once and read again', async () => {
    const files = new MemoryFileSystem();
    const store = await openNodeState('/data', () => FIRST, files);
    expect(store.current).toEqual(FIRST);
    await store.save(NEXT);
    expect(store.current).toEqual(NEXT);
    expect((await openNodeState('/data', () => FIRST, files)).current).toEqual(NEXT);
  });

  it('of a newer build is named with its version, and left as it is', async () => {
    const files = new MemoryFileSystem();
    await openNodeState('/data', () => FIRST, files);
    const text = `{"version":2,${files.contentOf('/data/node.json').toString().slice(1)}`;
    const file = await files.open('/data/node.json', 'create', { isDurable: true });
    await file.write([Buffer.from(text)], 0);
    const opening = openNodeState('/data', () => NEXT, files);
    await expect(opening).rejects.toThrow(
      /^\/data\/node\.json was written by a newer build: it has version 2, .* up to 1\./,
    );
    expect(files.contentOf('/data/node.json').toString()).toBe(text);
  });

  it('remembers its starts, and those it has seen of others', async () => {
    const files = new MemoryFileSystem();
    const seen = { m1: { incarnation: 'b', starts: 4, bootId: 'boot' } };
    await (await openNodeState('/data', () => FIRST, files)).save({ starts: 2, boots: ['x', 'y'], seen });
    expect((await openNodeState('/data', () => FIRST, files)).current).toEqual({
      ...FIRST,
      ...{ starts: 2, boots: ['x', 'y'], seen },
    });
  });

  it('remembers damage until it is repaired', async () => {
    const files = new MemoryFileSystem();
    const store = await openNodeState('/data', () => FIRST, files);
    const damage = { segment: '00000000000000000001.log', index: 7, offset: 4096, fault: 'crc' };
    await store.save({ damage });
    expect((await openNodeState('/data', () => FIRST, files)).current).toEqual({ ...FIRST, damage });
    await store.save({ damage: null });
    expect((await openNodeState('/data', () => FIRST, files)).current.damage).toBeNull();
  });

  it('is the old or the new one wherever the machine stops, and the new one once saved', async () => {
    for (let stopAfter = 1, isSaved = false; !isSaved; stopAfter++) {
      const memory = new MemoryFileSystem();
      await memory.makeDirectory('/data');
      await memory.syncDirectory('/');
      const files = new FaultyFileSystem(memory);
      const store = await openNodeState('/data', () => FIRST, files);
      const stop = files.operations + stopAfter;
      files.plan = ({ number }) => (number >= stop ? { kind: 'late-error', code: 'EIO' } : null);
      isSaved = await store.save(NEXT).then(
        () => true,
        () => false,
      );
      expect(store.current).toEqual(isSaved ? NEXT : FIRST);
      memory.crash(() => (stopAfter % 2 === 0 ? 0.1 : 0.9));
      const { current } = await openNodeState('/data', () => FIRST, memory);
      expect(isSaved ? [NEXT] : [FIRST, NEXT]).toContainEqual(current);
    }
  });

  it('saves one after the other, also after a save that failed', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const store = await openNodeState('/data', () => FIRST, files);
    let isFull = true;
    files.plan = ({ kind }) => (kind === 'write' && isFull ? { kind: 'error', code: 'ENOSPC' } : null);
    await expect(store.save(NEXT)).rejects.toThrow('ENOSPC');
    isFull = false;
    await Promise.all([store.save(NEXT), store.save({ ...NEXT, promised: { epoch: 5, to: 'm2' } })]);
    expect((await openNodeState('/data', () => FIRST, files)).current.promised).toEqual({ epoch: 5, to: 'm2' });
  });

  it('is closed when the saves before have ended, and takes no later one: the directory is given up then', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const store = await openNodeState('/data', () => FIRST, files);
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    files.plan = ({ kind }) => (kind === 'rename' ? { kind: 'hang', until } : null);
    const done: string[] = [];
    const saving = store.save(NEXT).then(() => done.push('saved'));
    const closing = store.close().then(() => done.push('closed'));
    await expect(store.save(FIRST)).rejects.toThrow('/data/node.json is closed');
    expect(done).toEqual([]);
    release();
    await Promise.all([saving, closing]);
    expect(done).toEqual(['saved', 'closed']);
    expect((await openNodeState('/data', () => FIRST, files)).current).toEqual(NEXT);
  });

  it('is never reset: damage in any byte is an error that names the file', async () => {
    const files = new MemoryFileSystem();
    await (await openNodeState('/data', () => FIRST, files)).save(NEXT);
    const bytes = files.contentOf('/data/node.json').length - 1;
    for (let at = 0; at < bytes; at++) {
      files.damage('/data/node.json', at, (byte) => byte ^ 2);
      await expect(openNodeState('/data', () => FIRST, files)).rejects.toThrow('/data/node.json is damaged');
      files.damage('/data/node.json', at, (byte) => byte ^ 2);
    }
  });

  it.each(['null', '7'])('takes %s for no value', async (value) => {
    const files = new MemoryFileSystem();
    const file = await files.open('/node.json', 'create', { isDurable: true });
    await file.write([Buffer.from(`{"crc":${crc32(value)},"value":${value}}`)], 0);
    await expect(openNodeState('/', () => FIRST, files)).rejects.toThrow('damaged (it has no value)');
  });

  it.each([
    {},
    { ...FIRST, nodeId: '' },
    { ...FIRST, clusterId: 1 },
    { ...FIRST, promised: { epoch: 0, to: 'x' } },
    { ...FIRST, promised: { epoch: 3 } },
    { ...FIRST, promised: 3 },
    { ...FIRST, incarnation: '' },
    { ...FIRST, founder: 7 },
    { ...FIRST, damage: 7 },
    { ...FIRST, starts: -1 },
    { ...FIRST, starts: '1' },
    { ...FIRST, boots: 'a' },
    { ...FIRST, boots: [1] },
    { ...FIRST, seen: 7 },
    { ...FIRST, seen: { m1: null } },
    { ...FIRST, seen: { m1: { incarnation: 'a', starts: 1 } } },
    { ...FIRST, damage: { segment: 1, index: 7, offset: 0, fault: 'crc' } },
    null,
    7,
  ])('refuses a value that is not a state (%j)', async (value) => {
    const files = new MemoryFileSystem();
    await (await openNodeState('/data', () => value as NodeState, files)).save(value as NodeState);
    await expect(openNodeState('/data', () => FIRST, files)).rejects.toThrow('damaged');
  });
});
