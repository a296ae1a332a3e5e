import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import type { LogPosition, RecordDraft } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import { ForceSearch } from './force-search.js';

const message = (epoch: number): RecordDraft => ({
  ...{ kind: RecordKind.Message, epoch, timestampMs: 0, key: null },
  payload: Buffer.from('{}'),
});
const start = (epoch: number, forcedWithout?: string[]): RecordDraft => ({
  ...{ kind: RecordKind.EpochStart, epoch, timestampMs: 0, key: null },
  payload: encodePayload({ clusterId: 'c', master: 'n3', ...(forcedWithout === undefined ? {} : { forcedWithout }) }),
});

/** The master's records after the start of the log, in blocks of one record; the last record committed here is of epoch 2. */
function searchIn(drafts: readonly RecordDraft[], address: string | null = 'http://n3') {
  const blocks: Buffer[] = [];
  let last: LogPosition = LOG_START;
  for (const draft of drafts) {
    const encoded = encodeRecords([draft], last);
    blocks.push(encoded.bytes);
    last = encoded.last;
  }
  const asked: number[] = [];
  const store = { positionAt: (index: number) => Promise.resolve({ index, epoch: 2, chain: 7, seq: 1 }) };
  const node = { committed: 9, store, master: null, addressOf: () => address };
  const records = (_url: string, from: number): Promise<Buffer> => {
    asked.push(from);
    return Promise.resolve(blocks[from - 1] ?? Buffer.alloc(0));
  };
  const search = new ForceSearch({ node, transport: { records } } as unknown as ConstructorParameters<
    typeof ForceSearch
  >[0]);
  return { asked, blocks, isForced: () => search.isForced(blocks[0] as Buffer, LOG_START, 'n3') };
}

describe('the search for a force in the history of a master', () => {
  it('asks for nothing where the records at hand have the answer', async () => {
    const { asked, isForced } = searchIn([start(1002, ['n1', 'n2'])]);
    expect([await isForced(), asked]).toEqual([true, []]);
  });

  it('reads on where the node that forced had records of its own first', async () => {
    const { asked, isForced } = searchIn([message(1), message(1), start(1002, ['n1', 'n2']), message(1002)]);
    expect([await isForced(), asked]).toEqual([true, [2, 3]]);
  });

  it('ends with the first epoch that a majority voted for, or with the log', async () => {
    const voted = searchIn([message(1), start(3), message(3)]);
    expect([await voted.isForced(), voted.asked]).toEqual([false, [2]]);
    const silent = searchIn([message(1), message(1)]);
    expect([await silent.isForced(), silent.asked]).toEqual([false, [2, 3]]);
  });

  it('believes no damaged record, and fails where the master cannot be asked', async () => {
    const damaged = searchIn([message(1), start(1002, ['n1'])]);
    (damaged.blocks[1] as Buffer)[60]! ^= 1;
    await expect(damaged.isForced()).rejects.toThrow('does not follow');
    await expect(searchIn([message(1)], null).isForced()).rejects.toThrow('no known address');
  });
});
