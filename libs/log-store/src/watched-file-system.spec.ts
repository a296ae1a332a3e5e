import { beforeEach, describe, expect, it } from 'vitest';
import type { FileSystem, OpenFile } from './file-system.port.js';
import { FaultyFileSystem } from './testing/faulty-file-system.js';
import type { OperationKind } from './testing/faulty-file-system.js';
import { MemoryFileSystem } from './testing/memory-file-system.js';
import { TestClock } from './testing/test-clock.js';
import { WatchedFileSystem } from './watched-file-system.js';

const PATH = '/data/file';

describe('the watched file system', () => {
  let clock: TestClock;
  let faulty: FaultyFileSystem;
  let files: WatchedFileSystem;
  let file: OpenFile;

  beforeEach(async () => {
    clock = new TestClock();
    faulty = new FaultyFileSystem(new MemoryFileSystem());
    files = new WatchedFileSystem(faulty, clock);
    await files.makeDirectory('/data');
    file = await files.open(PATH, 'create');
    await file.write([Buffer.from('abc')], 0);
  });

  /** Operations of this kind hang until the returned function is called. */
  function hang(kind: OperationKind): () => void {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    faulty.plan = (operation) => (operation.kind === kind ? { kind: 'hang', until } : null);
    return release;
  }

  const STORING: readonly [OperationKind, (files: FileSystem, file: OpenFile) => Promise<unknown>][] = [
    ['open', (on) => on.open('/data/other', 'create')],
    ['write', (_, to) => to.write([Buffer.from('x')], 0)],
    ['sync', (_, to) => to.sync()],
    ['truncate', (_, to) => to.truncate(1)],
    ['close', (_, to) => to.close()],
    ['rename', (on) => on.rename(PATH, '/data/renamed')],
    ['remove', (on) => on.remove(PATH)],
    ['makeDirectory', (on) => on.makeDirectory('/data/below')],
    ['syncDirectory', (on) => on.syncDirectory('/data')],
  ];

  it.each(STORING)('knows since when a %s is under way', async (kind, run) => {
    expect(files.busySinceMs).toBeNull();
    const release = hang(kind);
    clock.advance(100);
    const running = run(files, file);
    clock.advance(5_000);
    expect(files.busySinceMs).toBe(100);
    release();
    await running;
    expect(files.busySinceMs).toBeNull();
  });

  it('knows since when a sync of a directory that is held open is under way', async () => {
    const directory = await files.openDirectory('/data');
    const release = hang('syncDirectory');
    clock.advance(100);
    const running = directory.sync();
    expect(files.busySinceMs).toBe(100);
    release();
    await running;
    await directory.close();
    expect(files.busySinceMs).toBeNull();
  });

  const READING: readonly [OperationKind, (files: FileSystem, file: OpenFile) => Promise<unknown>][] = [
    ['open', (on) => on.open(PATH, 'read')],
    ['list', (on) => on.list('/data')],
    ['size', (on) => on.size(PATH)],
    ['size', (_, of) => of.size()],
    ['read', (_, of) => of.read(Buffer.alloc(3), 0)],
  ];

  it.each(READING)('does not count a %s that only reads', async (kind, run) => {
    const release = hang(kind);
    const running = run(files, file);
    expect(files.busySinceMs).toBeNull();
    release();
    await running;
  });

  it('shows the oldest of several, and forgets one that fails', async () => {
    const release = hang('sync');
    const first = file.sync();
    clock.advance(50);
    faulty.plan = () => ({ kind: 'error', code: 'EIO' });
    await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EIO' });
    await expect(files.rename(PATH, '/data/renamed')).rejects.toMatchObject({ code: 'EIO' });
    expect(files.busySinceMs).toBe(0);
    release();
    await first;
    expect(files.busySinceMs).toBeNull();
  });
});
