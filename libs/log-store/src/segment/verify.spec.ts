import { eachRecord, recordLength } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import type { CorruptRecordError, LogStore } from '../log-store.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const SEGMENT_BYTES = 4096;
/** A byte of the length of the key, of the chain, of the payload: wherever it is, it is found. */
const PLACES = [0, 4, 18, 60];

/** Everything stays in memory too: only a check of the files finds their damage. */
async function openFilled(): Promise<{ files: MemoryFileSystem; store: LogStore }> {
  const files = new MemoryFileSystem();
  const { store } = await openSegmentLog({
    ...{ directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 1 << 20 },
    ...{ fileSystem: files, clock: new TestClock() },
  });
  for (let count = 0; count < 60; count++) {
    const block = messagesAfter(store.last, 1, { payloadBytes: 150 });
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
  }
  await store.whenDurable(60);
  return { files, store };
}

async function offsetOf(files: MemoryFileSystem, path: string, index: number): Promise<number> {
  const file = await files.open(path, 'read');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  let at = 0;
  for (const record of eachRecord(bytes.subarray(0, endOf(bytes)))) {
    if (record.index === index) return at;
    at += recordLength(bytes, at);
  }
  throw new Error(`record ${index} is not in ${path}`);
}

function endOf(bytes: Buffer): number {
  let at = 0;
  while (at + 4 <= bytes.length && recordLength(bytes, at) > 0) at += recordLength(bytes, at);
  return at;
}

async function flip(files: MemoryFileSystem, path: string, position: number): Promise<void> {
  const file = await files.open(path, 'update');
  const byte = Buffer.alloc(1);
  await file.read(byte, position);
  byte.writeUInt8(byte.readUInt8(0) ^ 0b100);
  await file.write([byte], position);
  await file.close();
}

/** Checks the whole log in small pieces; returns the damage it found. */
async function verifyAll(store: LogStore): Promise<CorruptRecordError | null> {
  for (let next = 1; next <= store.durable.index;) {
    try {
      ({ nextIndex: next } = await store.verify(next, { maxBytes: 500 }));
    } catch (error) {
      return error as CorruptRecordError;
    }
  }
  return null;
}

describe('checking the segments on disk', () => {
  it('finds a flipped bit in a sealed and in the last segment, though memory has the record whole', async () => {
    const { files, store } = await openFilled();
    const names = (await files.list('/data/log')).filter((name) => name.endsWith('.log'));
    for (const name of [names[0], names[1], names.at(-1)] as string[]) {
      const path = `/data/log/${name}`;
      const first = Number.parseInt(name, 10);
      for (const index of [first, first + 1]) {
        const offset = await offsetOf(files, path, index);
        for (const place of PLACES) {
          await flip(files, path, offset + place);
          expect(await verifyAll(store)).toMatchObject({ name: 'CorruptRecordError', segment: name, index, offset });
          expect([...eachRecord(await store.read(index, { maxBytes: 1 }))]).toMatchObject([{ index }]);
          await flip(files, path, offset + place);
        }
      }
    }
    expect(await verifyAll(store)).toBeNull();
    await store.close();
  });

  it('cuts nothing after damage that only the file shows: the good records in between would be lost', async () => {
    const { files, store } = await openFilled();
    const names = (await files.list('/data/log')).filter((name) => name.endsWith('.log'));
    const path = `/data/log/${names[1] ?? ''}`;
    const first = Number(names[1]?.slice(0, -4));
    await flip(files, path, (await offsetOf(files, path, first + 2)) + 60);
    const reason = { epoch: 2, master: 'm' };
    await expect(store.setAsideAfter(first + 5, reason)).rejects.toMatchObject({
      ...{ name: 'CorruptRecordError', index: first + 2 },
    });
    expect(store.last.index).toBe(60);
    expect(await store.orphanSets()).toEqual([]);
    expect(await store.setAsideAfter(first, reason)).toMatchObject({ firstIndex: first + 1, lastIndex: 60 });
  });

  it('returns no damaged orphan, not even the first, which follows no record', async () => {
    const { files, store } = await openFilled();
    const set = await store.setAsideAfter(30, { epoch: 2, master: 'm' });
    await flip(files, `/data/orphans/${set?.id ?? ''}.log`, 60);
    const read = store
      .readOrphans(set?.id ?? '')
      [Symbol.asyncIterator]()
      .next();
    await expect(read).rejects.toMatchObject({ name: 'CorruptRecordError', index: 31, fault: 'crc' });
  });
});
