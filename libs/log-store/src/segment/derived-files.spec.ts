/** Index and key files only save time: without them, or with damaged ones, the answers are the same. */
import { eachRecord, recordLength } from '@replog/contracts/record.js';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { decodeIndexFile } from './index-file.js';
import { encodeKeyFile, hashKey } from './key-file.js';
import { openSegmentLog } from './open-segment-log.js';

const SEGMENT_BYTES = 4096;
const RECORDS = 240;
const FIRST = '/data/log/00000000000000000001';

let files: MemoryFileSystem;
beforeEach(() => {
  files = new MemoryFileSystem();
});

async function open(): Promise<LogStore> {
  const { store, damage } = await openSegmentLog({
    ...{ directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 0 },
    ...{ fileSystem: files, clock: new TestClock() },
  });
  expect(damage).toBeNull();
  return store;
}

async function openFilled(): Promise<LogStore> {
  const store = await open();
  for (let done = 0; done < RECORDS; done++) {
    const block = messagesAfter(store.last, 1, { payloadBytes: 150, key: () => `k${done % 10}` });
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
  }
  await store.whenDurable(RECORDS);
  await store.close();
  return open();
}

/** Everything the files are used for: finding the newest record of a key, an index and a seq. */
async function answers(store: LogStore): Promise<unknown> {
  const keys = await Promise.all(['k0', 'k9', 'none'].map(async (key) => (await store.findKey(key))?.index ?? null));
  const [record] = eachRecord(await store.read(2, { maxBytes: 1 }));
  return { keys, index: record?.index, seq: await store.indexOf(3) };
}

const EXPECTED = { keys: [231, 240, null], index: 2, seq: 3 };

async function change(path: string, alter: (bytes: Buffer) => void): Promise<void> {
  const bytes = Buffer.from(files.contentOf(path));
  alter(bytes);
  const file = await files.open(path, 'create', { isDurable: true });
  await file.write([bytes], 0);
  await file.close();
}

/** Writes a file with valid checksums and wrong content: the content must still be refused. */
function seal(bytes: Buffer, end: number): void {
  bytes.writeUInt32LE(crc32(bytes.subarray(4, end)), 0);
}

/** Two keys that the key file cannot tell apart: among so many some two share 32 bits. */
function twinKeys(): [string, string] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number++) {
    const name = `key-${number}`;
    const { second } = hashKey(name);
    const twin = seen.get(second);
    if (twin !== undefined) return [twin, name];
    seen.set(second, name);
  }
}

describe('the files beside a segment', () => {
  it('are rebuilt if they are missing, before the log is opened or while it is open', async () => {
    const store = await openFilled();
    for (const name of await files.list('/data/log')) {
      if (!name.endsWith('.log')) await files.remove(`/data/log/${name}`);
    }
    expect(await answers(store)).toEqual(EXPECTED);
    expect(await files.size(`${FIRST}.keys`)).not.toBeNull();
    await store.close();
    const again = await open();
    await files.remove(`${FIRST}.index`);
    expect([...eachRecord(await again.read(2, { maxBytes: 1 }))].map(({ index }) => index)).toEqual([2]);
    expect(await files.size(`${FIRST}.index`)).not.toBeNull();
    await again.close();
    await files.remove(`${FIRST}.index`);
    expect(await answers(await open())).toEqual(EXPECTED);
    expect(await files.size(`${FIRST}.index`)).not.toBeNull();
  });

  it.each([
    ['magic', (bytes: Buffer) => bytes.writeUInt32LE(1, 4)],
    ['version', (bytes: Buffer) => bytes.writeUInt32LE(2, 8)],
    ['first index', (bytes: Buffer) => bytes.writeUInt32LE(77, 16)],
  ])('are not believed with another %s', async (_, alter) => {
    const store = await openFilled();
    await change(`${FIRST}.keys`, (bytes) => {
      alter(bytes);
      seal(bytes, 64);
    });
    await change(`${FIRST}.index`, (bytes) => {
      alter(bytes);
      seal(bytes, 104);
    });
    expect(decodeIndexFile(files.contentOf(`${FIRST}.index`), 1)).toBeNull();
    expect(await answers(store)).toEqual(EXPECTED);
    await store.close();
    expect(await answers(await open())).toEqual(EXPECTED);
  });

  it('are read again after too many others', async () => {
    const store = await openFilled();
    for (let index = 1; index <= RECORDS; index++) {
      const [record] = eachRecord(await store.read(index, { maxBytes: 1 }));
      expect(record?.index).toBe(index);
    }
    expect(await answers(store)).toEqual(EXPECTED);
  });

  it('are not used if a part of them is damaged or missing', async () => {
    const store = await openFilled();
    await store.close();
    const whole = Buffer.from(files.contentOf(`${FIRST}.index`));
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(110) ^ 1, 110);
    expect(decodeIndexFile(whole, 1)).not.toBeNull();
    expect(decodeIndexFile(whole.subarray(0, whole.length - 1), 1)).toBeNull();
    expect(decodeIndexFile(flipped, 1)).toBeNull();
    for (let at = 65; at < files.contentOf(`${FIRST}.keys`).length; at += 501) {
      await change(`${FIRST}.keys`, (bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at));
      const again = await open();
      expect(await answers(again)).toEqual(EXPECTED);
      await again.close();
    }
  });

  it('cannot be rebuilt from a segment that has lost records: that is an error', async () => {
    const store = await openFilled();
    await files.remove(`${FIRST}.keys`);
    await change(`${FIRST}.log`, (bytes) => bytes.fill(0, 2000));
    await expect(store.findKey('k1-nowhere')).rejects.toMatchObject({ name: 'CorruptRecordError', fault: 'empty' });
    const { length } = files.contentOf(`${FIRST}.log`);
    const file = await files.open(`${FIRST}.log`, 'update');
    await file.truncate(recordLength(files.contentOf(`${FIRST}.log`), 0));
    await expect(store.findKey('k1-nowhere')).rejects.toMatchObject({ name: 'CorruptRecordError', fault: 'missing' });
    expect(length).toBe(SEGMENT_BYTES);
  });

  it('may name a record with another key, or none: the key in the record decides', async () => {
    const [one, other] = twinKeys();
    const store = await open();
    for (let done = 0; done < 40; done++) {
      const block = messagesAfter(store.last, 1, { payloadBytes: 150, key: () => [one, other][done] ?? null });
      while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
      store.append(block);
    }
    await store.whenDurable(40);
    await store.close();
    const again = await open();
    expect(await again.findKey(one)).toMatchObject({ index: 1, key: one });
    expect(await again.findKey(other)).toMatchObject({ index: 2, key: other });
    const beyond = await encodeKeyFile(1, new Map([['k', 500]]), () => Promise.resolve());
    await again.close();
    const file = await files.open(`${FIRST}.keys`, 'create', { isDurable: true });
    await file.write([beyond], 0);
    expect(await (await open()).findKey('k')).toBeNull();
  });

  it('are not used if the segment does not match them', async () => {
    const store = await openFilled();
    const [second = ''] = (await files.list('/data/log')).filter((name) => name.endsWith('.log')).slice(1);
    const content = Buffer.from(files.contentOf(`/data/log/${second}`));
    await change(`${FIRST}.log`, (bytes) => content.copy(bytes));
    await expect(store.read(1, { maxBytes: 1 })).rejects.toMatchObject({ name: 'CorruptRecordError', fault: 'order' });
  });
});
