import { LOG_START, RecordKind, eachRecord, recordLength } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import { CorruptRecordError } from '../log-store.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter, recordAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const FIRST = '/data/log/00000000000000000001.log';
const SEGMENT_BYTES = 4096;

let files: MemoryFileSystem;
beforeEach(() => {
  files = new MemoryFileSystem();
});

const open = () =>
  openSegmentLog({
    directory: '/data',
    segmentBytes: SEGMENT_BYTES,
    ringBytes: 0,
    fileSystem: files,
    clock: new TestClock(),
  });

/** Appends messages with a sync for each, so that every record but the last is followed by a later write. */
async function appendOneByOne(store: LogStore, count: number, payloadBytes = 0): Promise<void> {
  for (let done = 0; done < count; done++) {
    const block = messagesAfter(store.last, 1, { payloadBytes, key: () => `k${store.last.seq + 1}` });
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
    await store.whenDurable(store.last.index);
  }
}

async function readIndexes(store: LogStore): Promise<number[]> {
  const found: number[] = [];
  for (;;) {
    const block = await store.read(found.length + 1, { maxBytes: 1000 });
    if (block.length === 0) return found;
    for (const record of eachRecord(block)) found.push(record.index);
  }
}

/** Where each record of the first segment begins, and where the last one ends. */
function placesOf(content: Buffer): number[] {
  const places = [0];
  for (let at = 0; content.readUInt32LE(at + 12) > 0; at += recordLength(content, at)) {
    places.push(at + recordLength(content, at));
  }
  return places;
}

async function setContent(content: Buffer): Promise<void> {
  const file = await files.open(FIRST, 'create', { isDurable: true });
  await file.write([content], 0);
}

describe('opening a log', () => {
  it.each(['one write each', 'one write for all'])('cuts the last three records at every byte (%s)', async (mode) => {
    const { store } = await open();
    if (mode === 'one write each') await appendOneByOne(store, 8);
    else {
      store.append(messagesAfter(LOG_START, 8));
      await store.whenDurable(8);
    }
    await store.close();
    const whole = Buffer.from(files.contentOf(FIRST));
    const places = placesOf(whole);
    for (let end = places[5] as number; end < (places[8] as number); end++) {
      const records = places.filter((place) => place <= end).length - 1;
      for (const content of [whole.subarray(0, end), zeroedFrom(whole, end)]) {
        await setContent(content);
        const opened = await open();
        expect(opened.damage).toBeNull();
        expect(opened.store.last.index).toBe(records);
        expect((await readIndexes(opened.store)).length).toBe(records);
        await appendOneByOne(opened.store, 1);
        await opened.store.close();
        const again = await open();
        expect((await readIndexes(again.store)).length).toBe(records + 1);
        await again.store.close();
        for (const name of await files.list('/data/log')) await files.remove(`/data/log/${name}`);
      }
    }
  });

  it('names a flipped bit in any byte of an older record, serves what is before it and appends nothing', async () => {
    const { store } = await open();
    await appendOneByOne(store, 6);
    await store.close();
    const whole = Buffer.from(files.contentOf(FIRST));
    const [, , start = 0, end = 0] = placesOf(whole);
    for (let at = start; at < end; at++) {
      const isNodeLocal = at - start >= 8 && at - start < 12;
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ (1 << (at & 7));
      await setContent(flipped);

      const { store: opened, damage } = await open();

      if (isNodeLocal) expect(damage).toBeNull();
      else {
        expect(damage).toMatchObject({ segment: '00000000000000000001.log', index: 3, offset: start });
        expect(await readIndexes(opened)).toEqual([1, 2]);
        expect(opened.hasRoom(1)).toBe(false);
        await expect(opened.makeRoom(1)).rejects.toMatchObject({ code: 'CORRUPT_RECORD' });
        expect(() => opened.append(messagesAfter(opened.last, 1))).toThrow('Record 3 in segment');
        await expect(opened.setAsideAfter(1, { epoch: 2, master: 'm' })).rejects.toThrow('Record 3');
        expect(await opened.findKey('k3')).toBeNull();
      }
      await opened.close();
      expect(Buffer.compare(files.contentOf(FIRST), flipped)).toBe(0);
    }
  });

  it('tells damage by the write after next, where the next record is damaged as well', async () => {
    const { store } = await open();
    await appendOneByOne(store, 8);
    await store.close();
    const [, , third = 0, fourth = 0] = placesOf(Buffer.from(files.contentOf(FIRST)));
    for (const place of [third, fourth]) files.damage(FIRST, place + 55, (byte) => byte ^ 4);
    const { damage } = await open();
    expect(damage).toMatchObject({ index: 3, offset: third });
  });

  it('continues after the damage was quarantined, and keeps the damaged bytes', async () => {
    const { store } = await open();
    await appendOneByOne(store, 30, 200);
    await store.close();
    files.damage(FIRST, 300, (byte) => byte ^ 4);
    await files.remove('/data/log/00000000000000000001.index');
    const damaged = Buffer.from(files.contentOf(FIRST));
    const { store: opened, damage } = await open();
    expect(damage).toMatchObject({ index: 2 });

    await opened.quarantineFrom(2);

    expect(opened.last.index).toBe(1);
    await appendOneByOne(opened, 5);
    await opened.close();
    expect(await readIndexes((await open()).store)).toEqual([1, 2, 3, 4, 5, 6]);
    const [folder = ''] = await files.list('/data/quarantine');
    const moved = await files.list(`/data/quarantine/${folder}`);
    expect(moved.length).toBeGreaterThan(1);
    expect(files.contentOf(`/data/quarantine/${folder}/${moved[0] ?? ''}`).equals(damaged)).toBe(true);
  });

  it('cuts nothing after damage: the good records in between would be lost, so it fails and changes nothing', async () => {
    const { store } = await open();
    await appendOneByOne(store, 8);
    const [, , third = 0] = placesOf(Buffer.from(files.contentOf(FIRST)));
    files.damage(FIRST, third + 55, (byte) => byte ^ 4);
    const before = Buffer.from(files.contentOf(FIRST));

    await expect(store.setAsideAfter(6, { epoch: 2, master: 'm' })).rejects.toMatchObject({
      ...{ name: 'CorruptRecordError', index: 3, offset: third },
    });

    expect(store.last.index).toBe(8);
    expect(await store.orphanSets()).toEqual([]);
    expect(files.contentOf(FIRST).equals(before)).toBe(true);
    await store.quarantineFrom(3);
    expect(await readIndexes(store)).toEqual([1, 2]);
  });

  it('finds damage in a sealed segment when it is read, at run time', async () => {
    const { store } = await open();
    await appendOneByOne(store, 60, 200);
    const first = placesOf(files.contentOf(FIRST));
    files.damage(FIRST, (first[4] as number) + 60, (byte) => byte ^ 1);
    expect([...eachRecord(await store.read(1, { maxBytes: Infinity }))].map(({ index }) => index)).toEqual([
      1, 2, 3, 4,
    ]);
    const error = await store.read(5, { maxBytes: 1 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CorruptRecordError);
    expect(error).toMatchObject({ segment: '00000000000000000001.log', index: 5, offset: first[4], fault: 'crc' });
    await store.quarantineFrom(5);
    expect(await readIndexes(store)).toEqual([1, 2, 3, 4]);
    await appendOneByOne(store, 1);
    expect(store.durable.index).toBe(5);
  });

  it('names a missing segment, one that ends too early, and one of another history', async () => {
    const { store } = await open();
    await appendOneByOne(store, 80, 200);
    await store.close();
    const names = (await files.list('/data/log')).filter((name) => name.endsWith('.log'));
    const second = Number((names[1] ?? '').slice(0, 20));
    const saved = Buffer.from(files.contentOf(`/data/log/${names[1] ?? ''}`));

    await files.remove(`/data/log/${names[1] ?? ''}`);
    expect((await open()).damage).toMatchObject({ index: second, fault: 'missing' });

    await restore(`/data/log/${names[1] ?? ''}`, zeroedFrom(saved, 600));
    await files.remove(`/data/log/${(names[1] ?? '').replace('.log', '.index')}`);
    expect((await open()).damage).toMatchObject({ segment: names[1], index: second + 2, fault: 'crc' });

    const foreign = { ...LOG_START, index: second - 1, seq: second - 1, epoch: 1, chain: 5 } satisfies LogPosition;
    await restore(`/data/log/${names[1] ?? ''}`, Buffer.concat([messagesAfter(foreign, 5), Buffer.alloc(1000)]));
    expect((await open()).damage).toMatchObject({ segment: names[1], index: second, fault: 'chain' });

    await files.remove(FIRST);
    const { store: empty, damage } = await open();
    expect(damage).toMatchObject({ index: 1, fault: 'missing' });
    await empty.quarantineFrom(1);
    await appendOneByOne(empty, 2);
    expect(await readIndexes(empty)).toEqual([1, 2]);
  });

  it('leaves no index or key file of records that a cut removed', async () => {
    const { store } = await open();
    await appendOneByOne(store, 80, 150);
    const derived = async () => (await files.list('/data/log')).filter((name) => !name.endsWith('.log'));
    expect(await derived()).toContain('00000000000000000001.keys');
    await store.setAsideAfter(3, { epoch: 2, master: 'm2' });
    expect((await derived()).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
    await store.close();
  });

  it('rebuilds missing or damaged index and key files, and never misses a key', async () => {
    const { store } = await open();
    store.append(recordAfter(store.last, RecordKind.Membership, '"m"'));
    await appendOneByOne(store, 80, 150);
    await store.close();
    const derived = (await files.list('/data/log')).filter((name) => !name.endsWith('.log'));
    expect(derived.length).toBeGreaterThan(4);
    for (const spoil of [
      (path: string) => files.remove(path),
      (path: string) => Promise.resolve(files.damage(path, 20, (byte) => byte ^ 8)),
      (path: string) => Promise.resolve(files.damage(path, 66, (byte) => byte ^ 8)),
      (path: string) => Promise.resolve(files.damage(path, 200, (byte) => byte ^ 8)),
    ]) {
      for (const name of derived) await spoil(`/data/log/${name}`);
      const { store: opened, damage } = await open();
      expect(damage).toBeNull();
      expect(opened.last.index).toBe(81);
      for (let seq = 1; seq <= 80; seq++) {
        expect((await opened.findKey(`k${seq}`))?.seq).toBe(seq);
        expect(await opened.indexOf(seq)).toBe(seq + 1);
      }
      expect(await opened.findKey('k81')).toBeNull();
      expect((await opened.lastMembership())?.index).toBe(1);
      await opened.close();
    }
  });
});

async function restore(path: string, content: Buffer): Promise<void> {
  await (await files.open(path, 'create', { isDurable: true })).write([content], 0);
}

function zeroedFrom(content: Buffer, from: number): Buffer {
  const copy = Buffer.from(content);
  copy.fill(0, from);
  return copy;
}
