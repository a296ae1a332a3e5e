/** The conformance suite of the log store port. The spec of each implementation runs it. */
import { LOG_START, RecordKind, eachRecord, recordPosition } from '@replog/contracts/record.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import { messagesAfter, recordAfter } from './records.js';

export interface StoreUnderTest {
  open(): Promise<LogStore>;
  /** Opens the log again after the store was closed; absent for a store that keeps nothing. */
  reopen?(): Promise<LogStore>;
  dispose(): Promise<void>;
}

const REASON = { epoch: 7, master: 'm2' };
const ALL = { maxBytes: Infinity };

export function describeLogStore(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let subject: StoreUnderTest;
    let store: LogStore;

    beforeEach(async () => {
      subject = await prepare();
      store = await subject.open();
    });

    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    async function append(block: Buffer): Promise<void> {
      while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
      store.append(block);
    }

    async function appendMessages(count: number, options?: Parameters<typeof messagesAfter>[2]): Promise<void> {
      for (let left = count; left > 0; left -= 10) {
        await append(messagesAfter(store.last, Math.min(left, 10), options));
      }
      await store.whenDurable(store.last.index);
    }

    async function reopen(): Promise<boolean> {
      if (subject.reopen === undefined) return false;
      await store.close();
      store = await subject.reopen();
      return true;
    }

    async function indexes(fromIndex: number, maxBytes: number): Promise<number[]> {
      const found: number[] = [];
      for (;;) {
        const block = await store.read(fromIndex + found.length, { maxBytes });
        if (block.length === 0) return found;
        for (const record of eachRecord(block)) found.push(record.index);
      }
    }

    const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

    it('is empty at first', async () => {
      expect(store).toMatchObject({ firstIndex: 1, last: LOG_START, durable: LOG_START, pendingBytes: 0 });
      expect(await store.read(1, ALL)).toHaveLength(0);
      expect(await store.positionAt(0)).toEqual(LOG_START);
      expect(await store.positionAt(1)).toBeNull();
      expect(await store.indexOf(1)).toBeNull();
      expect(await store.lastMembership()).toBeNull();
      expect(await store.findKey('k')).toBeNull();
      expect(await store.setAsideAfter(0, REASON)).toBeNull();
      expect(await store.orphanSets()).toEqual([]);
    });

    it('returns what it took at once, and calls it durable only after a sync', async () => {
      const block = messagesAfter(LOG_START, 3);
      const expected = Buffer.from(block);
      store.append(block);
      expect(store.last).toMatchObject({ index: 3, seq: 3 });
      expect(store.durable.index).toBe(0);
      expect(store.pendingBytes).toBe(expected.length);
      expect([...eachRecord(store.readRecent(1, ALL) as Buffer)].map(({ index }) => index)).toEqual([1, 2, 3]);
      await store.whenDurable(3);
      expect(store.durable).toEqual(store.last);
      expect(store.pendingBytes).toBe(0);
      expect(store.stats).toMatchObject({ syncs: 1, syncedRecords: 3, syncedBytes: expected.length });
    });

    it('syncs everything that came while a sync ran with one more', async () => {
      const heard: number[] = [];
      store.onDurable((durable) => heard.push(durable.index));
      for (let count = 0; count < 20; count++) store.append(messagesAfter(store.last, 1));
      await store.whenDurable(20);
      expect(store.stats.syncs).toBeLessThan(5);
      expect(heard.at(-1)).toBe(20);
      expect(heard).toEqual([...heard].sort((one, other) => one - other));
    });

    it('returns the bytes it was given, in pieces of whole records within the bound', async () => {
      await appendMessages(200, { payloadBytes: 100 });
      expect(await indexes(1, Infinity)).toEqual(upTo(200));
      expect(await indexes(1, 1)).toEqual(upTo(200));
      expect(await indexes(77, 700)).toEqual(upTo(200, 77));
      const one = await store.read(150, { maxBytes: 1 });
      expect([...eachRecord(one)]).toMatchObject([{ index: 150, seq: 150 }]);
      const bounded = await store.read(150, { maxBytes: 10_000, upTo: 152 });
      expect([...eachRecord(bounded)].map(({ index }) => index)).toEqual([150, 151, 152]);
      expect(await store.read(150, { maxBytes: 10, upTo: 149 })).toHaveLength(0);
      expect(await store.read(201, ALL)).toHaveLength(0);
      expect(store.readRecent(201, ALL)).toHaveLength(0);
      await expect((async () => store.read(0, ALL))()).rejects.toThrow(RangeError);
    });

    it('checks what is durable, in pieces within the bound, up to its end and no further', async () => {
      expect(await store.verify(1, { maxBytes: 1000 })).toEqual({ nextIndex: 1, bytes: 0 });
      await appendMessages(100, { payloadBytes: 100 });
      for (const maxBytes of [1, 700, Infinity]) {
        let next = 1;
        let bytes = 0;
        while (next <= 100) {
          const checked = await store.verify(next, { maxBytes });
          expect(checked.nextIndex).toBeGreaterThan(next);
          expect(checked.bytes <= maxBytes || checked.nextIndex === next + 1).toBe(true);
          next = checked.nextIndex;
          bytes += checked.bytes;
        }
        expect([next, bytes]).toEqual([101, store.stats.syncedBytes]);
      }
      store.append(messagesAfter(store.last, 1));
      expect(await store.verify(101, { maxBytes: Infinity })).toEqual({ nextIndex: 101, bytes: 0 });
      await store.whenDurable(101);
      expect((await store.verify(101, { maxBytes: 1 })).nextIndex).toBe(102);
      await expect((async () => store.verify(0, { maxBytes: 1 }))()).rejects.toThrow(RangeError);
    });

    it('finds positions, messages, keys and the newest membership, also after opening again', async () => {
      await append(recordAfter(store.last, RecordKind.EpochStart, '{}'));
      await append(recordAfter(store.last, RecordKind.Membership, '"one"'));
      await appendMessages(60, { key: (place) => (place % 2 === 0 ? `key-${store.last.seq + place + 1}` : null) });
      await append(recordAfter(store.last, RecordKind.Membership, '"two"'));
      await appendMessages(40, { payloadBytes: 300 });
      const { last } = store;
      do {
        expect(store.last).toEqual(last);
        expect(await store.positionAt(103)).toEqual(last);
        expect(await store.positionAt(104)).toBeNull();
        expect(await store.positionAt(2)).toEqual(recordPosition(await store.read(2, { maxBytes: 1 }), 0));
        expect(await Promise.all([0, 1, 60, 61, 100, 101].map((seq) => store.indexOf(seq)))).toEqual([
          null,
          3,
          62,
          64,
          103,
          null,
        ]);
        expect(await store.findKey('key-1')).toMatchObject({ index: 3, seq: 1, key: 'key-1' });
        expect(await store.findKey('key-59')).toMatchObject({ index: 61, seq: 59 });
        expect(await store.findKey('key-2')).toBeNull();
        expect((await store.lastMembership())?.payload.toString()).toBe('"two"');
      } while (await reopenedOnce());
    });

    let reopenings = 0;
    beforeEach(() => {
      reopenings = 0;
    });
    async function reopenedOnce(): Promise<boolean> {
      reopenings += 1;
      return reopenings === 1 && (await reopen());
    }

    it('finds a key that is taken and not durable yet', async () => {
      store.append(messagesAfter(store.last, 1, { key: () => 'fresh' }));
      expect(await store.findKey('fresh')).toMatchObject({ index: 1 });
    });

    it('refuses records that do not follow', async () => {
      await appendMessages(3);
      expect(() => store.append(messagesAfter(LOG_START, 1))).toThrow('record 1 where 4 belongs');
      expect(() => store.append(messagesAfter({ ...store.last, chain: 1 }, 1))).toThrow('chain');
      expect(() => store.append(messagesAfter(store.last, 2).subarray(0, -1))).toThrow('within a record');
      expect(() => store.append(Buffer.alloc(0))).toThrow('no record');
      expect(store.last.index).toBe(3);
      await appendMessages(1);
      expect(await indexes(1, Infinity)).toEqual([1, 2, 3, 4]);
    });

    it('sets records aside as a whole, forgets their keys, and continues from there', async () => {
      await append(recordAfter(store.last, RecordKind.Membership, '"old"'));
      await appendMessages(50, { key: (place) => `a-${store.last.seq + place + 1}`, payloadBytes: 120 });
      await append(recordAfter(store.last, RecordKind.Membership, '"new"'));
      await appendMessages(10);
      const before = await store.positionAt(31);
      const lost = await store.read(32, ALL);

      const set = await store.setAsideAfter(31, REASON);

      expect(set).toMatchObject({ ...REASON, firstIndex: 32, lastIndex: 62, firstSeq: 31, lastSeq: 60, messages: 30 });
      expect(store.last).toEqual(before);
      expect(store.durable).toEqual(before);
      expect(await store.findKey('a-30')).toMatchObject({ index: 31 });
      expect(await store.findKey('a-31')).toBeNull();
      expect((await store.lastMembership())?.payload.toString()).toBe('"old"');
      expect(await store.indexOf(31)).toBeNull();
      expect(await indexes(1, Infinity)).toEqual(upTo(31));
      await appendMessages(5, { epoch: 8, payloadBytes: 90 });
      await store.setAsideAfter(34, REASON);
      await reopen();
      expect(store.last).toMatchObject({ index: 34, epoch: 8, seq: 33 });
      const sets = await store.orphanSets();
      expect(sets.map(({ lastIndex }) => lastIndex)).toEqual([62, 36]);
      expect(sets[0]).toEqual(set);
      const kept: Buffer[] = [];
      for await (const block of store.readOrphans(set?.id ?? '')) kept.push(block);
      const facts = (bytes: Buffer) => [...eachRecord(bytes)].map(({ index, chain }) => ({ index, chain }));
      expect(Buffer.concat(kept)).toHaveLength(set?.bytes ?? 0);
      expect(facts(Buffer.concat(kept)).slice(0, facts(lost).length)).toEqual(facts(lost));
      expect(facts(Buffer.concat(kept))).toHaveLength(31);
      await expect(store.readOrphans('none')[Symbol.asyncIterator]().next()).rejects.toThrow('none');
    });

    it('can set everything aside', async () => {
      await appendMessages(40, { payloadBytes: 200 });
      expect(await store.setAsideAfter(0, REASON)).toMatchObject({ firstIndex: 1, lastIndex: 40 });
      expect(store.last).toEqual(LOG_START);
      await appendMessages(3);
      await reopen();
      expect(await indexes(1, Infinity)).toEqual([1, 2, 3]);
    });

    it('ends before what is quarantined', async () => {
      await appendMessages(40, { payloadBytes: 200, key: (place) => `k-${store.last.seq + place + 1}` });
      await store.quarantineFrom(17);
      expect(store.last.index).toBe(16);
      expect(await store.findKey('k-17')).toBeNull();
      await appendMessages(10);
      await reopen();
      expect(await indexes(1, Infinity)).toEqual(upTo(26));
    });

    it('gives each orphan set its own name, also when the log is cut twice at the same index in one epoch', async () => {
      for (let round = 0; round < 3; round++) {
        await appendMessages(5);
        await store.setAsideAfter(2, REASON);
      }
      const ids = (await store.orphanSets()).map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)]);
      expect(ids).toHaveLength(3);
      expect(await store.setAsideAfter(2, REASON)).toBeNull();
      await store.quarantineFrom(3);
      expect(await indexes(1, Infinity)).toEqual([1, 2]);
    });

    it('refuses invalid calls and does not change', async () => {
      await appendMessages(3);
      const block = messagesAfter(store.last, 1);
      expect(() => store.append(block.subarray(0, block.length - 1))).toThrow('ends within a record');
      expect(() => store.append(block.subarray(0, 7))).toThrow('ends within a record');
      await expect(store.setAsideAfter(-1, REASON)).rejects.toThrow(RangeError);
      expect(await store.positionAt(4)).toBeNull();
      expect(await indexes(1, Infinity)).toEqual([1, 2, 3]);
      const isHeard = new Promise((resolve) => {
        store.onFailure(resolve)();
        store.onDurable(resolve);
      });
      await append(messagesAfter(store.last, 1));
      expect(await isHeard).toMatchObject({ index: 4 });
    });

    it('rejects every waiter when it closes, and takes nothing afterwards', async () => {
      store.append(messagesAfter(store.last, 2));
      const taken = store.whenDurable(2);
      const never = expect(store.whenDurable(3)).rejects.toThrow('closed');
      await Promise.all([store.close(), store.close(), taken, never]);
      expect(store.hasRoom(1)).toBe(false);
      await expect(store.makeRoom(1)).rejects.toThrow('closed');
      expect(() => store.append(messagesAfter(store.last, 1))).toThrow('closed');
    });
  });
}
