import { RecordKind } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import { TransferLedger } from './transfer-ledger.js';
import { KeptLedger } from './kept-ledger.js';
import type { StoredRecord } from './stored-record.js';

function record(index: number, chain = index * 10): StoredRecord {
  const place = { index, chain, epoch: 1, seq: index, timestampMs: index, at: 0, end: 0 };
  return { ...place, kind: RecordKind.Message, key: null, text: `m${index}` };
}

describe('the ledger of what has to be kept', () => {
  it('misses whatever was acknowledged and is not in the log', () => {
    const kept = new KeptLedger();
    kept.acknowledged('m1', 'n1');
    kept.acknowledged('m2', 'n1');
    expect(() => kept.requireAll(new Set(['m1', 'm2']))).not.toThrow();
    expect(() => kept.requireAll(new Set(['m1']))).toThrow('m2, acknowledged by n1, is not in the log');
  });

  it('forgives what went with the last disk that had it, and nothing that had another copy', () => {
    const kept = new KeptLedger();
    for (const text of ['m1', 'm2']) kept.acknowledged(text, 'n1');
    kept.takeAway(['m1', 'm2', 'never acknowledged'], (text) => text === 'm2');
    expect(kept.goneCount).toBe(1);
    expect(() => kept.requireAll(new Set(['m2']))).not.toThrow();
    expect(() => kept.requireAll(new Set())).toThrow('m2');
  });

  it('asks for it again once it was acknowledged anew', () => {
    const kept = new KeptLedger();
    kept.acknowledged('m1', 'n1');
    kept.takeAway(['m1'], () => false);
    kept.acknowledged('m1', 'n2');
    expect(() => kept.requireAll(new Set())).toThrow('acknowledged by n2');
  });
});

describe('the ledger of transfers', () => {
  it('misses what the old master acknowledged in the history of the new one, whenever it was acknowledged', () => {
    const transfers = new TransferLedger();
    transfers.acknowledged(3, record(2));
    transfers.succeeded(3, 'n2', [record(1), record(2)]);
    expect(() => transfers.acknowledged(3, record(3))).toThrow(
      'the master of epoch 3 acknowledged record 3 and transferred its term, but n2 became master without it',
    );
    expect(() => transfers.succeeded(3, 'n2', [record(1), record(2, 99)])).toThrow('record 3');
  });

  it('ignores a term that ended otherwise', () => {
    const transfers = new TransferLedger();
    transfers.acknowledged(3, record(7));
    transfers.succeeded(4, 'n2', []);
    expect(() => transfers.acknowledged(3, record(8))).not.toThrow();
  });
});
