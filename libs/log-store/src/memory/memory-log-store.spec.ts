import { LOG_START, recordLength } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import { messagesAfter } from '../testing/records.js';
import { MemoryLogStore } from './memory-log-store.js';

describe('the store in memory', () => {
  it('is durable when the sync resolves', async () => {
    const syncs: (() => void)[] = [];
    const store = new MemoryLogStore({ sync: () => new Promise((resolve) => syncs.push(resolve)) });
    store.append(messagesAfter(LOG_START, 1));
    store.append(messagesAfter(store.last, 2));
    expect(store.durable.index).toBe(0);
    expect(syncs).toHaveLength(1);
    syncs[0]?.();
    await store.whenDurable(1);
    expect(store.durable.index).toBe(1);
    syncs[1]?.();
    await store.whenDurable(3);
    expect(store.stats).toMatchObject({ syncs: 2, syncedRecords: 3 });
  });

  it('finds a changed record, and counts the good ones before it', async () => {
    const store = new MemoryLogStore();
    store.append(messagesAfter(LOG_START, 3));
    await store.whenDurable(3);
    const block = store.readRecent(1, { maxBytes: 1000 }) as Buffer;
    expect(await store.verify(1, { maxBytes: 1000 })).toEqual({ nextIndex: 4, bytes: block.length });
    const second = recordLength(block, 0);
    block.writeUInt8(block.readUInt8(second + 58) ^ 1, second + 58);
    expect(await store.verify(1, { maxBytes: 1000 })).toEqual({ nextIndex: 2, bytes: second });
    await expect(store.verify(2, { maxBytes: 1000 })).rejects.toMatchObject({ name: 'CorruptRecordError', index: 2 });
  });

  it('fails for good with its sync, and is full at its capacity', async () => {
    const store = new MemoryLogStore({ sync: () => Promise.reject(new Error('EIO')), capacityBytes: 100 });
    expect(store.isFull).toBe(false);
    await expect(store.makeRoom(101)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(new MemoryLogStore({ capacityBytes: 0 }).isFull).toBe(true);
    expect(new MemoryLogStore().isFull).toBe(false);
    await expect(store.makeRoom(90)).resolves.toBeUndefined();
    expect(() => store.append(messagesAfter(LOG_START, 3))).toThrow('needs room');
    store.append(messagesAfter(LOG_START, 1));
    await expect(store.whenDurable(1)).rejects.toThrow('EIO');
    expect(() => store.append(messagesAfter(store.last, 1))).toThrow('EIO');
  });
});
