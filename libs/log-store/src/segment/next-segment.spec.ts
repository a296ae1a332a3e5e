import { describe, expect, it } from 'vitest';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { LogLayout } from './layout.js';
import { NextSegment } from './next-segment.js';

describe('the next segment', () => {
  it('is not given away before it is prepared', async () => {
    const next = new NextSegment(new MemoryFileSystem(), new LogLayout('/data'), 4096, () => undefined);
    expect(() => next.take()).toThrow('needs room');
    await next.prepare();
    expect(next.take().capacity).toBe(4096);
    expect(() => next.take()).toThrow('needs room');
  });

  it('is made in small writes, and in large ones from the moment it is needed before long', async () => {
    const written: number[] = [];
    const memory = new MemoryFileSystem();
    const files = new FaultyFileSystem(memory, ({ kind, bytes }) => {
      if (kind === 'write') written.push(bytes);
      if (written.length === 2) next.hurry();
      return null;
    });
    const segmentBytes = 6 * 1024 * 1024 + 100;
    const next = new NextSegment(files, new LogLayout('/data'), segmentBytes, () => undefined);
    next.start();
    await eventuallyReady(next);
    const small = 256 * 1024;
    expect(written).toEqual([small, small, 16 * small, segmentBytes - 18 * small]);
    expect(await memory.size(next.take().path)).toBe(segmentBytes);

    written.length = 0;
    next.start();
    await eventuallyReady(next);
    expect(written.slice(0, 2)).toEqual([small, small]);
  });

  it('is made in large writes where somebody waits for it', async () => {
    const written: number[] = [];
    const files = new FaultyFileSystem(new MemoryFileSystem(), ({ kind, bytes }) => {
      if (kind === 'write') written.push(bytes);
      return null;
    });
    const next = new NextSegment(files, new LogLayout('/data'), 4 * 1024 * 1024, () => undefined);
    await next.prepare();
    expect(written).toEqual([4 * 1024 * 1024]);
    await next.prepare();
    expect(written).toHaveLength(1);
  });

  it('leaves nothing behind, nor an error, where preparing fails while it is stopped', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem(), ({ kind }) =>
      kind === 'write' ? { kind: 'error', code: 'ENOSPC' } : null,
    );
    const failures: Error[] = [];
    const next = new NextSegment(files, new LogLayout('/data'), 4096, (error) => failures.push(error));
    next.start();
    await next.stop();
    expect(next.ready).toBeNull();
    expect(failures).toEqual([]);
    expect(await files.list('/data/log')).toEqual([]);
  });
});

async function eventuallyReady(next: NextSegment): Promise<void> {
  while (next.ready === null) await new Promise(setImmediate);
}
