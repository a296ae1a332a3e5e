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
