import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecords } from './encode-records.js';
import {
  LOG_START,
  RecordKind,
  continueChain,
  decodeRecord,
  eachRecord,
  findRecordFault,
  recordLength,
  setRecordBatchOffset,
} from './record.js';
import type { RecordDraft } from './record.js';
import { crc32 } from 'node:zlib';

const draft = fc.record({
  kind: fc.constantFrom(RecordKind.Message, RecordKind.EpochStart, RecordKind.Membership),
  epoch: fc.constant(7),
  timestampMs: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
  key: fc.option(
    fc.string({
      minLength: 1,
      maxLength: 255,
      unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    }),
  ),
  payload: fc.uint8Array({ maxLength: 400 }),
}) satisfies fc.Arbitrary<RecordDraft>;

describe('record', () => {
  it('gives back every field that was written, and numbers records and messages without gaps', () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 1, maxLength: 20 }), (drafts) => {
        const { bytes, last } = encodeRecords(drafts, LOG_START);
        const records = [...eachRecord(bytes)];
        let seq = 0;
        records.forEach((record, place) => {
          const written = drafts[place] as RecordDraft;
          if (written.kind === RecordKind.Message) seq += 1;
          expect({ ...record, payload: [...record.payload] }).toMatchObject({
            ...written,
            payload: [...written.payload],
            index: place + 1,
            seq,
          });
        });
        expect(last).toMatchObject({ index: drafts.length, seq, chain: records.at(-1)?.chain });
      }),
    );
  });

  it('finds a flip of any bit that the crc or the chain covers, and no fault where there is none', () => {
    const { bytes } = encodeRecords(
      [{ kind: RecordKind.Message, epoch: 3, timestampMs: 5, key: 'k', payload: Buffer.from('"hello"') }],
      LOG_START,
    );
    expect(findRecordFault(bytes, 0, bytes.length, LOG_START)).toBeNull();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const isLocal = bit >= 8 * 8 && bit < 12 * 8;
      expect(findRecordFault(flipped, 0, flipped.length, LOG_START) === null).toBe(isLocal);
    }
  });

  it('tells zero-filled space from a record that was cut, at every length', () => {
    const { bytes } = encodeRecords(
      [{ kind: RecordKind.Message, epoch: 1, timestampMs: 1, key: null, payload: Buffer.from('1') }],
      LOG_START,
    );
    expect(findRecordFault(Buffer.alloc(200), 0, 200, LOG_START)).toBe('empty');
    for (let end = 1; end < bytes.length; end++) {
      expect(findRecordFault(bytes, 0, end, LOG_START)).toBe('short');
    }
  });

  it('refuses a record that does not follow', () => {
    const payload = Buffer.from('1');
    const message = { kind: RecordKind.Message, epoch: 1, timestampMs: 1, key: null, payload };
    const { bytes } = encodeRecords([message, message], LOG_START);
    const second = recordLength(bytes, 0);
    expect(findRecordFault(bytes, second, bytes.length, LOG_START)).toBe('order');
    const other = encodeRecords([{ ...message, epoch: 2, timestampMs: 9 }], LOG_START).last;
    expect(findRecordFault(bytes, second, bytes.length, { ...other, epoch: 1 })).toBe('chain');
  });

  it('leaves the node-local field out of crc and chain', () => {
    const { bytes } = encodeRecords(
      [{ kind: RecordKind.Message, epoch: 1, timestampMs: 1, key: null, payload: Buffer.from('1') }],
      LOG_START,
    );
    setRecordBatchOffset(bytes, 0, 4096);
    expect(findRecordFault(bytes, 0, bytes.length, LOG_START)).toBeNull();
    expect(decodeRecord(bytes, 0).seq).toBe(1);
  });

  it('chains as CRC-32 over the crc fields', () => {
    const fields = [1, 0xffffffff, 0xdeadbeef];
    const bytes = Buffer.alloc(12);
    fields.forEach((crc, place) => bytes.writeUInt32LE(crc, place * 4));
    expect(fields.reduce(continueChain, 0)).toBe(crc32(bytes));
  });
});
