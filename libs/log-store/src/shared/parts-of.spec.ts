import { LOG_START, eachRecord } from '@replog/contracts/record.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messagesAfter } from '../testing/records.js';
import { partsOf } from './parts-of.js';

describe('parts of a block', () => {
  it('add up to the block, have whole records, and are larger than asked only for a single record', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2000 }), (records, maxBytes) => {
        const block = messagesAfter(LOG_START, records);
        const parts = [...partsOf(block, maxBytes)];
        expect(Buffer.concat(parts)).toEqual(block);
        for (const part of parts) {
          if ([...eachRecord(part)].length > 1) expect(part.length).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });

  it('are none for an empty block', () => {
    expect([...partsOf(Buffer.alloc(0), 10)]).toEqual([]);
  });
});
