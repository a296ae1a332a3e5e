import { LOG_START } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { messagesAfter } from '@replog/log-store/testing/records.js';
import { describe, expect, it } from 'vitest';
import { IdempotencyService } from './idempotency.service.js';

describe('a message that is looked up by its key', () => {
  const store = new MemoryLogStore();
  store.append(messagesAfter(LOG_START, 1, { key: () => 'k' }));
  const idempotency = new IdempotencyService(store);

  it('is found without its payload, which would keep the whole block that was read', async () => {
    expect(await idempotency.find('k', Buffer.from('"message 1 "'))).toEqual({
      seq: 1,
      index: 1,
      epoch: 1,
      key: 'k',
      timestampMs: 1_700_000_000_000,
    });
  });

  it('is refused for another message, and unknown under another key', async () => {
    const other = idempotency.find('k', Buffer.from('"message 2 "'));
    await expect(other).rejects.toMatchObject({ code: 'KEY_REUSED', details: { extra: { key: 'k', seq: 1 } } });
    expect(await idempotency.find('another', Buffer.from('1'))).toBeNull();
  });
});
