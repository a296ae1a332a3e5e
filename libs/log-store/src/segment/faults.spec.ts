import { MAX_BLOCK_BYTES } from '@replog/contracts/limits.js';
import { LOG_START, eachRecord } from '@replog/contracts/record.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import type { Fault, Operation } from '../testing/faulty-file-system.js';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const SEGMENT_BYTES = 4096;

async function open(files: MemoryFileSystem | FaultyFileSystem): Promise<LogStore> {
  const options = { directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 0, fileSystem: files };
  const { store, damage } = await openSegmentLog({ ...options, clock: new TestClock() });
  expect(damage).toBeNull();
  return store;
}

async function append(store: LogStore, count: number, payloadBytes = 100): Promise<void> {
  const block = messagesAfter(store.last, count, { payloadBytes });
  while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
  store.append(block);
  await store.whenDurable(store.last.index);
}

async function countRecords(store: LogStore): Promise<number> {
  let count = 0;
  for (;;) {
    const block = await store.read(count + 1, { maxBytes: 5000 });
    if (block.length === 0) return count;
    count += [...eachRecord(block)].length;
  }
}

describe('a full disk', () => {
  it('is noticed before a record is taken; reads still work, and writing resumes by itself', async () => {
    const files = new MemoryFileSystem();
    const store = await open(files);
    files.capacityBytes = SEGMENT_BYTES + 1000;
    const full = await (async () => {
      for (;;) await append(store, 1);
    })().catch((error: unknown) => error);
    expect(full).toMatchObject({ code: 'STORAGE_FULL', status: 507 });
    expect(store.isFull).toBe(true);
    const { index } = store.last;
    expect(store.durable.index).toBe(index);
    expect(await countRecords(store)).toBe(index);
    await expect(store.makeRoom(200)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect((await files.list('/data/log')).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    files.capacityBytes = null;
    for (let more = 0; more < 100; more++) await append(store, 1);

    expect(store.isFull).toBe(false);
    expect(await countRecords(store)).toBe(index + 100);
    await store.close();
    expect(await countRecords(await open(files))).toBe(index + 100);
  });

  it('is not a failure while the log closes', async () => {
    const memory = new MemoryFileSystem();
    const files = new FaultyFileSystem(memory);
    const store = await open(files);
    files.plan = ({ kind, path }) =>
      kind === 'write' && path.endsWith('.tmp') ? { kind: 'error', code: 'ENOSPC' } : null;
    const block = messagesAfter(store.last, 10, { payloadBytes: 300 });
    store.append(block);
    await store.close();
    expect((await memory.list('/data/log')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('lets a new log open, and take records when there is room', async () => {
    const files = new MemoryFileSystem({ capacityBytes: 100 });
    const store = await open(files);
    expect(store.hasRoom(1)).toBe(false);
    await expect(store.makeRoom(1)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    files.capacityBytes = null;
    await append(store, 3);
    expect(await countRecords(store)).toBe(3);
  });

  it('loses no index or keys of a sealed segment: they stay in memory until there is room', async () => {
    const memory = new MemoryFileSystem();
    const files = new FaultyFileSystem(memory, ({ kind, path }) =>
      kind === 'write' && /\.(index|keys)$/.test(path) ? { kind: 'error', code: 'ENOSPC' } : null,
    );
    const store = await open(files);
    for (let more = 0; more < 100; more++) await append(store, 1);
    expect(await countRecords(store)).toBe(100);
    expect(await store.indexOf(3)).toBe(3);
    await store.close();
    expect(await countRecords(await open(memory))).toBe(100);
  });
});

describe('a failure to write', () => {
  const isLogWrite = ({ kind, position, bytes }: Operation): boolean =>
    kind === 'write' && position > 0 && bytes < SEGMENT_BYTES;

  it.each<Fault>([
    { kind: 'error', code: 'EIO' },
    { kind: 'late-error', code: 'EIO' },
  ])('is final ($kind): no wait resolves without proof', async (fault) => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const store = await open(files);
    await append(store, 2);
    const failures: Error[] = [];
    store.onFailure((error) => failures.push(error));
    files.plan = (operation) => (isLogWrite(operation) ? fault : null);
    store.append(messagesAfter(store.last, 1));
    await expect(store.whenDurable(3)).rejects.toThrow('EIO');
    files.plan = () => null;

    expect(failures).toHaveLength(1);
    expect(store.durable.index).toBe(2);
    expect(() => store.append(messagesAfter(store.last, 1))).toThrow('EIO');
    expect(store.hasRoom(1)).toBe(false);
    await expect(store.makeRoom(1)).rejects.toThrow('EIO');
    await expect(store.whenDurable(3)).rejects.toThrow('EIO');
    await expect(store.setAsideAfter(1, { epoch: 2, master: 'm' })).rejects.toThrow('EIO');
    const late: Error[] = [];
    store.onFailure((error) => late.push(error));
    await Promise.resolve();
    expect(late).toEqual(failures);
    await store.close();
  });

  it('also refuses to quarantine: the content of the disk is unknown', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const store = await open(files);
    await append(store, 3);
    files.plan = ({ kind }) => (kind === 'write' ? { kind: 'error', code: 'EIO' } : null);
    await expect(append(store, 1)).rejects.toThrow('EIO');
    await expect(store.quarantineFrom(2)).rejects.toThrow('EIO');
  });

  it('of the directory entry of a new segment is final as well', async () => {
    const files = new FaultyFileSystem(new MemoryFileSystem());
    const store = await open(files);
    await append(store, 1);
    files.plan = ({ kind }) => (kind === 'syncDirectory' ? { kind: 'error', code: 'EIO' } : null);
    await expect(
      (async () => {
        for (;;) await append(store, 1);
      })(),
    ).rejects.toThrow('EIO');
  });

  it('is not a short write: the rest is written after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 40 }), async (lengths) => {
        const memory = new MemoryFileSystem();
        const files = new FaultyFileSystem(memory);
        const store = await open(files);
        const left = [...lengths];
        files.plan = (operation) => {
          const bytes = isLogWrite(operation) ? left.pop() : undefined;
          return bytes === undefined ? null : { kind: 'short', bytes };
        };
        for (let count = 1; count <= 8; count++) await append(store, count, 90);
        await store.close();
        expect(await countRecords(await open(memory))).toBe(36);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a block', () => {
  it('that can never fit is refused with the reason', async () => {
    const store = await open(new MemoryFileSystem());
    await expect(store.makeRoom(MAX_BLOCK_BYTES + 1)).rejects.toThrow('never fit');
    expect(() => store.append(messagesAfter(LOG_START, 100, { payloadBytes: 100 }))).toThrow('needs room');
  });

  it('of one record larger than a segment gets a segment of its own size', async () => {
    const files = new MemoryFileSystem();
    const store = await open(files);
    await append(store, 10, 200);
    await append(store, 1, 3 * SEGMENT_BYTES);
    for (let more = 0; more < 30; more++) await append(store, 1, 200);
    expect(await countRecords(store)).toBe(41);
    const { last } = store;
    await store.close();
    const sizes = (await files.list('/data/log'))
      .filter((name) => name.endsWith('.log'))
      .map((name) => files.contentOf(`/data/log/${name}`).length);
    expect(sizes.filter((bytes) => bytes > SEGMENT_BYTES)).toHaveLength(1);
    expect((await files.list('/data/log')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await open(files)).last).toEqual(last);
  });

  it('is split between two segments at a record', async () => {
    const files = new MemoryFileSystem();
    const store = await open(files);
    await append(store, 10, 200);
    await store.makeRoom(4000);
    while (!store.hasRoom(4000)) await store.makeRoom(4000);
    await append(store, 15, 200);
    expect(await countRecords(store)).toBe(25);
    await store.close();
    expect(await countRecords(await open(files))).toBe(25);
  });
});
