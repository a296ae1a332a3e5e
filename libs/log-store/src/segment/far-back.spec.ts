/** Reads that the ring cannot serve, in segments large enough to have many sparse entries and several chunks. */
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { LOG_START, RecordKind, eachRecord, recordLength } from '@replog/contracts/record.js';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { READ_LEAD_BYTES } from '../log-store.port.js';
import type { LogStore } from '../log-store.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const MIB = 1024 * 1024;
const SEGMENT_BYTES = 4 * MIB;
/** Larger than what is read at once when a segment is scanned, and than what a reader asks for. */
const LARGE_BYTES = 1.5 * MIB;

const FIRST = '/data/log/00000000000000000001.log';
/** Byte of the first record's length that makes it some MiB, more than the file has. */
const LENGTH_BYTE = 14;
/** Byte of a record's chain, which no checksum of its own covers. */
const CHAIN_BYTE = 4;

let files: MemoryFileSystem;
beforeEach(() => {
  files = new MemoryFileSystem();
});

async function open(ringBytes = 0): Promise<LogStore> {
  const { store, damage } = await openSegmentLog({
    ...{ directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes },
    ...{ fileSystem: files, clock: new TestClock() },
  });
  expect(damage).toBeNull();
  return store;
}

/** Small messages with some large ones between; every seventh record is not a message. */
async function fill(store: LogStore, records: number): Promise<void> {
  for (let place = 0; place < records; place++) {
    const payloadBytes = place % 90 === 40 ? LARGE_BYTES : 700;
    const { last } = store;
    const draft = { epoch: 1, timestampMs: 1_700_000_000_000, key: null, payload: Buffer.from('{}') };
    const block =
      place % 7 === 6
        ? encodeRecords([{ ...draft, kind: RecordKind.EpochStart }], last).bytes
        : messagesAfter(last, 1, { payloadBytes });
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
  }
  await store.whenDurable(store.last.index);
}

describe('a reader far back', () => {
  it('gets whole records from wherever it asks, a large one even where it asked for less', async () => {
    const store = await open();
    await fill(store, 360);
    const range = fc.record({
      from: fc.integer({ min: 1, max: 360 }),
      count: fc.integer({ min: 0, max: 200 }),
      maxBytes: fc.constantFrom(1, 5_000, 300_000, 2 * MIB, 20 * MIB),
    });
    await fc.assert(
      fc.asyncProperty(range, async ({ from, count, maxBytes }) => {
        const upTo = Math.min(360, from + count);
        const block = await store.read(from, { upTo, maxBytes });
        const indexes = [...eachRecord(block)].map(({ index }) => index);
        expect(indexes).toEqual(indexes.map((_, place) => from + place));
        expect(indexes.length).toBeGreaterThan(0);
        expect(indexes.at(-1)).toBeLessThanOrEqual(upTo);
        if (indexes.length > 1) expect(block.length).toBeLessThanOrEqual(maxBytes);
      }),
      { numRuns: 40 },
    );
    expect(await store.read(361, { maxBytes: 1 })).toHaveLength(0);
    expect(await store.read(5, { upTo: 4, maxBytes: 1 })).toHaveLength(0);
    await expect(store.read(0, { maxBytes: 1 })).rejects.toThrow(RangeError);
    await expect(store.verify(0, { maxBytes: 1 })).rejects.toThrow(RangeError);
  });

  it('gets the same in memory that it brings, read after read, and in other memory where that is too small', async () => {
    const store = await open();
    await fill(store, 120);
    const maxBytes = 64 * 1024;
    const memory = Buffer.alloc(maxBytes + READ_LEAD_BYTES);
    const isThere = (block: Buffer): boolean => block.buffer === memory.buffer;
    let largeOnes = 0;
    for (let from = 1; from <= 120;) {
      const expected = await store.read(from, { maxBytes });
      const block = await store.read(from, { maxBytes, memory });
      expect(block.equals(expected)).toBe(true);
      expect(isThere(block)).toBe(block.length <= memory.length);
      if (!isThere(block)) largeOnes += 1;
      from += [...eachRecord(block)].length;
    }
    expect(largeOnes).toBe(1);
    expect(isThere(await store.read(1, { maxBytes, memory: Buffer.alloc(maxBytes) }))).toBe(false);
  });

  it('finds every message by its seq, and opens again as what it was', async () => {
    const store = await open();
    await fill(store, 400);
    const { last } = store;
    await store.close();
    const again = await open();
    expect(again.last).toEqual(last);
    for (let seq = 1; seq <= last.seq; seq += 13) {
      const index = (await again.indexOf(seq)) as number;
      const [record] = eachRecord(await again.read(index, { maxBytes: 1 }));
      expect(record).toMatchObject({ seq, kind: RecordKind.Message });
    }
    expect(await again.indexOf(last.seq + 1)).toBeNull();
    expect(await again.indexOf(0)).toBeNull();
  });

  it('finds a message by its seq in the ring as well', async () => {
    const store = await open(4 * MIB);
    await fill(store, 60);
    for (let seq = 1; seq <= store.last.seq; seq++) {
      const [record] = eachRecord(await store.read((await store.indexOf(seq)) as number, { maxBytes: 1 }));
      expect(record).toMatchObject({ seq, kind: RecordKind.Message });
    }
  });

  it('is not misled by an impossible length', async () => {
    const store = await open();
    await fill(store, 100);
    await fill(store, 1);
    await store.close();
    files.damage(FIRST, LENGTH_BYTE, () => 0x50);
    const { store: opened, damage } = await openSegmentLog({
      ...{ directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 0 },
      ...{ fileSystem: files, clock: new TestClock() },
    });
    expect(damage).toMatchObject({ index: 1, offset: 0 });
    expect(opened.last).toEqual(LOG_START);
  });

  it('finds a length that changed while the log was open', async () => {
    const store = await open();
    await fill(store, 100);
    files.damage(FIRST, LENGTH_BYTE, () => 0x50);
    await expect(store.read(1, { maxBytes: 1 })).rejects.toMatchObject({ name: 'CorruptRecordError' });
  });

  it('finds records in the wrong order, and a changed chain', async () => {
    const store = await open();
    for (let done = 0; done < 100; done++) store.append(messagesAfter(store.last, 1, { payloadBytes: 700 }));
    await store.whenDurable(100);
    const length = recordLength(files.contentOf(FIRST), 0);
    for (let index = 2; index <= 100; index++) {
      const chainAt = (index - 1) * length + CHAIN_BYTE;
      files.damage(FIRST, chainAt, (byte) => byte ^ 1);
      await expect(store.positionAt(index - 1)).resolves.toMatchObject({ index: index - 1 });
      if (index < 100) {
        await expect(store.positionAt(index)).rejects.toMatchObject({
          name: 'CorruptRecordError',
          index,
          fault: 'chain',
        });
      }
      files.damage(FIRST, chainAt, (byte) => byte ^ 1);
    }
    const shifted = Buffer.from(files.contentOf(FIRST)).subarray(length);
    const file = await files.open(FIRST, 'update', { isDurable: true });
    await file.write([shifted], 0);
    await expect(store.read(70, { maxBytes: 1 })).rejects.toMatchObject({ name: 'CorruptRecordError', fault: 'order' });
  });

  it('finds a key among very many, in a segment that is being sealed', async () => {
    const store = await open();
    for (let batch = 0; batch < 60; batch++) {
      const block = messagesAfter(store.last, 500, { payloadBytes: 100, key: (place) => `k${batch * 500 + place}` });
      while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
      store.append(block);
    }
    await store.whenDurable(store.last.index);
    for (let place = 0; place < 30_000; place += 2_999) {
      expect(await store.findKey(`k${place}`)).toMatchObject({ index: place + 1 });
    }
  });

  it('checks every record in pieces smaller than a record', async () => {
    const store = await open();
    await fill(store, 200);
    let next = 1;
    while (next <= 200) next = (await store.verify(next, { maxBytes: 10_000 })).nextIndex;
    expect(next).toBe(201);
    expect(await store.verify(201, { maxBytes: 10_000 })).toEqual({ nextIndex: 201, bytes: 0 });
  });

  it('finds nothing in an empty log', async () => {
    const store = await open();
    expect(await store.read(1, { maxBytes: 1 }).catch(() => 'nothing')).toHaveLength(0);
    expect(await store.positionAt(0)).toEqual(LOG_START);
    expect(await store.lastMembership()).toBeNull();
  });
});
