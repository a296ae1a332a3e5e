import { describe, expect, it } from 'vitest';
import { RECORD_HEADER_BYTES } from './limits.js';
import { checkRecords } from './record-run.js';
import { encodeRecords } from './encode-records.js';
import { LOG_START, RecordKind, findRecordFault, recordLength, recordPosition } from './record.js';
import type { LogPosition, RecordDraft, RecordFault } from './record.js';

const DRAFTS = Array.from({ length: 12 }, (_, place): RecordDraft => ({
  kind: place % 5 === 0 ? RecordKind.EpochStart : RecordKind.Message,
  epoch: 1 + Math.floor(place / 5),
  timestampMs: 1_700_000_000_000 + place,
  key: place % 3 === 0 ? `key-${place}` : null,
  payload: Buffer.from(JSON.stringify('x'.repeat(place * 7))),
}));

/** Not at the start of its memory, and with room behind it. */
function blockAfter(previous: LogPosition): Buffer {
  const { bytes } = encodeRecords(DRAFTS, previous);
  const memory = Buffer.alloc(bytes.length + 200);
  return memory.fill(bytes, 100, 100 + bytes.length).subarray(100, 100 + bytes.length);
}

/** What `checkRecords` is to find, one record at a time. */
function oneByOne(bytes: Buffer, previous: LogPosition | null): { end: number; fault: RecordFault | null } {
  let last = previous;
  let at = 0;
  while (at < bytes.length) {
    const fault = findRecordFault(bytes, at, bytes.length, last);
    if (fault !== null) return { end: at, fault };
    last = recordPosition(bytes, at);
    at += recordLength(bytes, at);
  }
  return { end: at, fault: null };
}

describe('a run of records', () => {
  const far = { index: 2 ** 40 + 3, epoch: 1, chain: 77, seq: 2 ** 33 - 2 };

  it.each([LOG_START, far])('is whole up to its end after %o', (previous) => {
    const bytes = blockAfter(previous);
    const last = encodeRecords(DRAFTS, previous).last;
    expect(checkRecords(bytes, 0, bytes.length, previous)).toEqual({ end: bytes.length, last, fault: null });
    expect(checkRecords(bytes, 0, bytes.length, null)).toEqual({ end: bytes.length, last, fault: null });
  });

  it('ends where any byte is another, for the reason that the record has by itself', () => {
    for (const previous of [LOG_START, far]) {
      const bytes = blockAfter(previous);
      for (let at = 0; at < bytes.length; at++) {
        for (const bit of [0, 7]) {
          bytes[at] = (bytes[at] as number) ^ (1 << bit);
          for (const before of [previous, null]) {
            const { end, fault } = checkRecords(bytes, 0, bytes.length, before);
            if (end !== oneByOne(bytes, before).end || fault !== oneByOne(bytes, before).fault) {
              expect.fail(`bit ${bit} of byte ${at}: ${fault} at ${end}`);
            }
          }
          bytes[at] = (bytes[at] as number) ^ (1 << bit);
        }
      }
    }
  });

  it('ends where the bytes end within a record, or are zero from there on', () => {
    const bytes = blockAfter(LOG_START);
    for (let end = 0; end <= bytes.length; end++) {
      const { end: at, fault } = checkRecords(bytes, 0, end, LOG_START);
      expect({ end: at, fault }).toEqual(oneByOne(bytes.subarray(0, end), LOG_START));
    }
    const followed = Buffer.concat([bytes, Buffer.alloc(RECORD_HEADER_BYTES + 1)]);
    expect(checkRecords(followed, 0, followed.length, LOG_START)).toMatchObject({ end: bytes.length, fault: 'empty' });
  });

  it('does not follow what it does not continue', () => {
    const bytes = blockAfter(far);
    for (const wrong of [{ chain: 78 }, { index: far.index + 1 }, { seq: far.seq + 1 }, { epoch: 9 }]) {
      const previous = { ...far, ...wrong };
      const { end, last, fault } = checkRecords(bytes, 0, bytes.length, previous);
      expect({ end, last }).toEqual({ end: 0, last: previous });
      expect(fault).toBe(oneByOne(bytes, previous).fault);
    }
  });

  it('is no longer than asked for, but a record at least', () => {
    const bytes = blockAfter(LOG_START);
    const lengths: number[] = [];
    for (let at = 0; at < bytes.length; at += recordLength(bytes, at)) lengths.push(recordLength(bytes, at));
    const [first = 0, second = 0, third = 0] = lengths;
    const upTo2 = checkRecords(bytes, 0, bytes.length, LOG_START, { upTo: 2 });
    expect(upTo2).toEqual({ end: first + second, last: recordPosition(bytes, first), fault: null });
    for (const [maxBytes, end] of [
      [1, first],
      [first + second, first + second],
      [first + second + third - 1, first + second],
    ] as const) {
      for (const previous of [LOG_START, null]) {
        expect(checkRecords(bytes, 0, bytes.length, previous, { maxBytes })).toMatchObject({ end, fault: null });
      }
    }
    expect(checkRecords(bytes, 0, bytes.length, LOG_START, { upTo: 0 })).toEqual({
      end: 0,
      last: LOG_START,
      fault: null,
    });
  });
});
