import { encodeRecords } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { describe, expect, it } from 'vitest';
import { OrphanCount } from './orphan-count.js';

const MESSAGE: RecordDraft = {
  ...{ kind: RecordKind.Message, epoch: 1, timestampMs: 0, key: null },
  payload: Buffer.from('"m"'),
};

describe('the count of orphans', () => {
  it('is that of all sets, as of the last look', async () => {
    const store = new MemoryLogStore();
    store.append(encodeRecords([MESSAGE, MESSAGE, MESSAGE, MESSAGE], store.last).bytes);
    await store.whenDurable(4);
    const count = new OrphanCount(store);
    await count.load();
    expect(count.totals).toEqual({ sets: 0, messages: 0 });
    await store.setAsideAfter(3, { epoch: 2, master: 'n2' });
    await store.setAsideAfter(1, { epoch: 3, master: 'n3' });
    await count.load();
    expect(count.totals).toEqual({ sets: 2, messages: 3 });
  });

  it('is unknown where a set cannot be read, and nothing else fails', async () => {
    const count = new OrphanCount({ orphanSets: () => Promise.reject(new Error('damaged')) });
    await count.load();
    expect(count.totals).toBeNull();
  });
});
