import { describe, expect, it } from 'vitest';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { LogLayout } from './layout.js';
import { NextSegment } from './next-segment.js';

describe('the next segment', () => {
  it('cannot be taken before it is prepared', async () => {
    const next = new NextSegment(new MemoryFileSystem(), new LogLayout('/data'), 4096, () => undefined);
    expect(() => next.take()).toThrow('needs room');
    await next.prepare();
    expect(next.take().capacity).toBe(4096);
    expect(() => next.take()).toThrow('needs room');
  });

  it('is filled as far as it is due, in small writes, and in larger ones if it is behind', async () => {
    const { written, files, memory } = counted();
    const segmentBytes = 6 * 1024 * 1024 + 100;
    const next = new NextSegment(files, new LogLayout('/data'), segmentBytes, () => undefined);
    next.keepUp(0.01);
    await untilIdle();
    expect(written).toEqual([SMALL]);
    next.keepUp(0.01);
    next.keepUp((2 * SMALL) / segmentBytes);
    await untilIdle();
    expect(written).toEqual([SMALL, SMALL]);

    next.keepUp((4.5 * SMALL) / segmentBytes);
    await untilIdle();
    expect(written).toEqual([SMALL, SMALL, 3 * SMALL]);
    expect(next.ready).toBeNull();

    next.keepUp(1);
    await eventuallyReady(next);
    expect(written.slice(3)).toEqual([16 * SMALL, segmentBytes - 21 * SMALL]);
    expect(await memory.size(next.take().path)).toBe(segmentBytes);

    written.length = 0;
    next.keepUp(0.01);
    await untilIdle();
    expect(written).toEqual([SMALL]);
  });

  it('is filled to its end at once if a write begins to wait for it', async () => {
    const { written, files } = counted();
    const next = new NextSegment(files, new LogLayout('/data'), 4 * SMALL, () => undefined);
    next.keepUp(0.2);
    await untilIdle();
    await next.prepare();
    expect(written).toEqual([SMALL, 3 * SMALL]);
  });

  it('is made larger where a larger one is needed, also while the usual one is being filled', async () => {
    const { files, memory } = counted();
    const next = new NextSegment(files, new LogLayout('/data'), 4 * SMALL, () => undefined);
    next.keepUp(0.2);
    await untilIdle();
    await next.prepare(6 * SMALL);
    expect(next.ready?.capacity).toBe(6 * SMALL);
    await next.prepare();
    expect(await memory.list('/data/log')).toHaveLength(1);
    const { path, capacity } = next.take();
    expect([await memory.size(path), capacity]).toEqual([6 * SMALL, 6 * SMALL]);
    await next.prepare();
    expect(next.take().capacity).toBe(4 * SMALL);
  });

  it('is removed if it is stopped before more of it is due', async () => {
    const { files, memory } = counted();
    const next = new NextSegment(files, new LogLayout('/data'), 4 * SMALL, () => undefined);
    next.keepUp(0.2);
    await untilIdle();
    await next.stop();
    next.keepUp(1);
    expect(next.ready).toBeNull();
    expect(await memory.list('/data/log')).toEqual([]);
  });

  it('is filled in large writes if a write waits for it', async () => {
    const { written, files } = counted();
    const next = new NextSegment(files, new LogLayout('/data'), 4 * 1024 * 1024, () => undefined);
    await next.prepare();
    expect(written).toEqual([4 * 1024 * 1024]);
    await next.prepare();
    expect(written).toHaveLength(1);
  });

  it.each([
    ['is left to the next append if the disk is full', 'ENOSPC', false],
    ['fails the start if the disk fails', 'EIO', true],
  ])('%s', async (_what, code, isFailure) => {
    const files = new FaultyFileSystem(new MemoryFileSystem(), ({ kind }) =>
      kind === 'write' ? { kind: 'error', code } : null,
    );
    const next = new NextSegment(files, new LogLayout('/data'), 4096, () => undefined);
    const failure = await next.prepareIfRoom().then(
      () => null,
      (error: unknown) => error,
    );
    expect([failure !== null, next.ready]).toEqual([isFailure, null]);
  });

  it('leaves no file and no error if the preparation fails while it is stopped', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem(), ({ kind }) =>
      kind === 'write' ? { kind: 'error', code: 'ENOSPC' } : null,
    );
    const failures: Error[] = [];
    const next = new NextSegment(files, new LogLayout('/data'), 4096, (error) => failures.push(error));
    next.keepUp(0.01);
    await next.stop();
    expect(next.ready).toBeNull();
    expect(failures).toEqual([]);
    expect(await files.list('/data/log')).toEqual([]);
  });
});

const SMALL = 256 * 1024;

/** A disk that notes how large each write was. */
function counted(): { written: number[]; files: FaultyFileSystem; memory: MemoryFileSystem } {
  const written: number[] = [];
  const memory = new MemoryFileSystem();
  const files = new FaultyFileSystem(memory, ({ kind, bytes }) => {
    if (kind === 'write') written.push(bytes);
    return null;
  });
  return { written, files, memory };
}

/** The disk is in memory: an operation takes a few turns of the event loop. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

async function eventuallyReady(next: NextSegment): Promise<void> {
  while (next.ready === null) await new Promise(setImmediate);
}
