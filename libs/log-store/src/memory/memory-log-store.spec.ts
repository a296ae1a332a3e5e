import { LOG_START } from '@replog/contracts';
import { describe, expect, it } from 'vitest';
import { messagesAfter } from '../testing/records.js';
import { MemoryLogStore } from './memory-log-store.js';

describe('the store in memory', () => {
  it('is durable when the sync that is handed in says so', async () => {
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

  it('fails for good with its sync, and is full at its capacity', async () => {
    const store = new MemoryLogStore({ sync: () => Promise.reject(new Error('EIO')), capacityBytes: 100 });
    await expect(store.makeRoom(101)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    store.append(messagesAfter(LOG_START, 1));
    await expect(store.whenDurable(1)).rejects.toThrow('EIO');
    expect(() => store.append(messagesAfter(store.last, 1))).toThrow('EIO');
  });
});
