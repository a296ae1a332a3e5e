import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecords, encodedLength, sealDrafts, writeDraft } from './encode-records.js';
import { RecordKind, recordLength, recordPosition } from './record.js';
import type { LogPosition } from './record.js';

const message = fc.record({
  key: fc.option(fc.constantFrom('k', 'a-longer-key')),
  payload: fc.uint8Array({ minLength: 1, maxLength: 600, size: 'max' }),
});
const messages = fc.array(message, { minLength: 1, maxLength: 8 });
const STAMP = { epoch: 4, timestampMs: 1_700_000_000_123 };
const BEFORE: LogPosition = { index: 2 ** 32 - 2, epoch: 3, chain: 0xfedc_ba98, seq: 2 ** 33 - 1 };

describe('drafts', () => {
  it('become, once sealed, the same records as encoding them at once, wherever their payloads were', () => {
    fc.assert(
      fc.property(messages, fc.nat(9), (list, lead) => {
        const lengths = list.map(({ key, payload }) => encodedLength(key?.length ?? 0, payload.length));
        const block = Buffer.alloc(
          lengths.reduce((sum, length) => sum + length, 0),
          0xee,
        );
        let at = 0;
        for (const { key, payload } of list) {
          const source = Buffer.concat([Buffer.alloc(lead, 7), payload, Buffer.alloc(lead, 7)]);
          at = writeDraft(block, at, RecordKind.Message, key, source, lead, lead + payload.length);
        }
        expect(at).toBe(block.length);
        const last = sealDrafts(block, STAMP, BEFORE);
        const drafts = list.map((one) => ({ ...one, ...STAMP, kind: RecordKind.Message }));
        expect({ bytes: block, last }).toEqual(encodeRecords(drafts, BEFORE));
        const starts = lengths.map((_, place) => lengths.slice(0, place).reduce((sum, length) => sum + length, 0));
        expect(starts.map((start) => recordLength(block, start))).toEqual(lengths);
        expect(recordPosition(block, starts.at(-1) as number)).toEqual(last);
      }),
    );
  });
});
