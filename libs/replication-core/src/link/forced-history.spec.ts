import { describe, expect, it } from 'vitest';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { wentOnByForce } from './forced-history.js';

const message = (epoch: number): RecordDraft => ({
  ...{ kind: RecordKind.Message, epoch, timestampMs: 0, key: null },
  payload: Buffer.from('{}'),
});
const start = (epoch: number, forcedWithout?: string[]): RecordDraft => ({
  ...{ kind: RecordKind.EpochStart, epoch, timestampMs: 0, key: null },
  payload: encodePayload({ clusterId: 'c', master: 'n1', ...(forcedWithout === undefined ? {} : { forcedWithout }) }),
});
const records = (...drafts: RecordDraft[]): Buffer => encodeRecords(drafts, LOG_START).bytes;

describe('a history that went on by force', () => {
  it('has a forced start of an epoch, whatever stands before and after it', () => {
    expect(wentOnByForce(records(start(1001, ['n2']), message(1001)), 1)).toBe(true);
    expect(wentOnByForce(records(message(1), message(1), start(1001, ['n2'])), 1)).toBe(true);
    // The node that forced had won an earlier epoch that came to nothing.
    expect(wentOnByForce(records(start(3), message(3), start(1003, ['n2']), start(1004)), 4)).toBe(true);
  });

  it('is none once a majority has voted in an epoch above what is committed', () => {
    expect(wentOnByForce(records(start(5), start(1005, ['n2'])), 4)).toBe(false);
    expect(wentOnByForce(records(message(4), start(5)), 4)).toBe(false);
  });

  it('is not known from records that start no such epoch', () => {
    expect(wentOnByForce(records(start(4), message(4)), 4)).toBeNull();
    expect(wentOnByForce(Buffer.alloc(0), 4)).toBeNull();
  });
});
