import { crc32 } from 'node:zlib';
import { continueChain, recordLength, setRecordBatchOffset } from '@replog/contracts/record.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import { NewerVersionError } from '../newer-version.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { INDEX_HEADER } from './index-file.js';
import { KEY_HEADER } from './key-file.js';
import { openSegmentLog } from './open-segment-log.js';

const SEGMENT_BYTES = 4096;
const FIRST = '/data/log/00000000000000000001';

let files: MemoryFileSystem;
beforeEach(() => {
  files = new MemoryFileSystem();
});

const open = async (): Promise<LogStore> => {
  const options = { directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 0, clock: new TestClock() };
  return (await openSegmentLog({ ...options, fileSystem: files })).store;
};

/** A log of several segments, each record synced by itself. */
async function write(count: number): Promise<void> {
  const store = await open();
  for (let done = 0; done < count; done++) {
    const block = messagesAfter(store.last, 1, { payloadBytes: 200, key: () => `k${store.last.seq + 1}` });
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
    await store.whenDurable(store.last.index);
  }
  await store.close();
}

async function pathsOf(folder: string): Promise<string[]> {
  return (await files.list(folder)).map((name) => `${folder}/${name}`);
}

async function everything(): Promise<object> {
  const paths = [...(await pathsOf('/data/log')), ...(await pathsOf('/data/quarantine'))];
  return Object.fromEntries(paths.map((path) => [path, Buffer.from(files.contentOf(path)).toString('hex')]));
}

/** Makes the records from byte `from` on such as a build that writes `version` would write them. */
function rewrite(path: string, version: number, from: number): void {
  const bytes = files.contentOf(path);
  let chain = 0;
  for (let at = 0; bytes.readUInt32LE(at + 12) > 0; at += recordLength(bytes, at)) {
    if (at >= from) bytes[at + 17] = version;
    const crc = crc32(bytes.subarray(at + 12, at + recordLength(bytes, at)));
    chain = continueChain(chain, crc);
    bytes.writeUInt32LE(crc, at);
    bytes.writeUInt32LE(chain, at + 4);
  }
}

function placesIn(path: string): number[] {
  const bytes = files.contentOf(path);
  const places: number[] = [];
  for (let at = 0; bytes.readUInt32LE(at + 12) > 0; at += recordLength(bytes, at)) places.push(at);
  return places;
}

/** The opening is refused with all of `words`, and no byte changes. */
async function isRefused(...words: string[]): Promise<void> {
  const before = await everything();
  const error = await open().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NewerVersionError);
  for (const word of words) expect((error as Error).message).toContain(word);
  expect(await everything()).toEqual(before);
}

describe('what a newer build has written', () => {
  it('is named and not touched: the last records of the log', async () => {
    await write(6);
    const from = placesIn(`${FIRST}.log`).at(-2) as number;
    rewrite(`${FIRST}.log`, 2, from);
    await isRefused(`${FIRST}.log`, `the record at byte ${from} has version 2`, 'knows versions up to 1');
  });

  it('is named and not touched: every record of the log', async () => {
    await write(3);
    rewrite(`${FIRST}.log`, 200, 0);
    await isRefused(`${FIRST}.log`, 'byte 0 has version 200');
  });

  it('is not cut as a torn tail where damage stands before it, also if it is of the same write', async () => {
    await write(6);
    const places = placesIn(`${FIRST}.log`);
    const [damaged, from] = places.slice(-2) as [number, number];
    rewrite(`${FIRST}.log`, 2, from);
    const bytes = files.contentOf(`${FIRST}.log`);
    setRecordBatchOffset(bytes, from, from - damaged);
    files.damage(`${FIRST}.log`, damaged + 60, (byte) => byte ^ 1);
    await isRefused(`the record at byte ${from} has version 2`);
  });

  it.each(['index', 'keys'])('is named and not rebuilt: the file with the %s of a segment', async (kind) => {
    await write(40);
    const path = `${FIRST}.${kind}`;
    const bytes = files.contentOf(path);
    bytes.writeUInt32LE(3, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(4, kind === 'index' ? INDEX_HEADER.bytes : KEY_HEADER.bytes)), 0);
    await isRefused(path, 'has version 3', 'knows versions up to 1');
  });

  it('is not seen in damage: a file with a wrong checksum, a short one, or one of another kind is rebuilt', async () => {
    await write(40);
    const path = `${FIRST}.index`;
    const whole = Buffer.from(files.contentOf(path));
    const changes: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.fill(3, 8, 9),
      (bytes) => bytes.subarray(0, 50),
      (bytes) => {
        bytes.fill(9, 4, 12);
        bytes.writeUInt32LE(crc32(bytes.subarray(4, 104)), 0);
        return bytes;
      },
    ];
    for (const change of changes) {
      const file = await files.open(path, 'create', { isDurable: true });
      await file.write([change(Buffer.from(whole))], 0);
      await file.close();
      const store = await open();
      expect(store.last.index).toBe(40);
      await store.close();
      expect(files.contentOf(path)).toEqual(whole);
    }
  });

  it('is no damage to a reader that comes to it in a sealed segment', async () => {
    await write(40);
    const from = placesIn(`${FIRST}.log`).at(-1) as number;
    const store = await open();
    rewrite(`${FIRST}.log`, 2, from);
    const index = placesIn(`${FIRST}.log`).length;
    await expect(store.read(index, { maxBytes: 1 })).rejects.toBeInstanceOf(NewerVersionError);
    await store.close();
  });

  it('has a higher version: a whole record of version 0 was never written by any build, and is cut as before', async () => {
    await write(6);
    rewrite(`${FIRST}.log`, 0, placesIn(`${FIRST}.log`).at(-2) as number);
    const store = await open();
    expect(store.last.index).toBe(4);
    await store.close();
  });
});
