import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { describe, expect, it } from 'vitest';
import { Elections } from './elections.js';

const start = (epoch: number): RecordDraft => ({
  ...{ kind: RecordKind.EpochStart, epoch, timestampMs: epoch * 1_000, key: null },
  payload: encodePayload({ clusterId: 'c', master: `n${epoch}`, cause: 'failover', votes: [`n${epoch}`], without: [] }),
});
const message = (epoch: number): RecordDraft => ({
  ...{ kind: RecordKind.Message, epoch, timestampMs: epoch * 1_000, key: null, payload: Buffer.from('"m"') },
});

/** Each epoch with so many messages. */
function logOf(epochs: readonly (readonly [epoch: number, messages: number])[]): MemoryLogStore {
  const store = new MemoryLogStore();
  append(store, epochs);
  return store;
}

function append(store: MemoryLogStore, epochs: readonly (readonly [number, number])[]): void {
  const drafts = epochs.flatMap(([epoch, messages]) => [
    start(epoch),
    ...Array.from({ length: messages }, () => message(epoch)),
  ]);
  store.append(encodeRecords(drafts, store.last).bytes);
}

const epochsOf = ({ list }: Elections): number[] => list.map(({ epoch }) => epoch);

describe('the last elections', () => {
  it('are found in the log, the newest first, and no more than ten', async () => {
    const elections = new Elections(logOf(Array.from({ length: 12 }, (_, at) => [at + 1, at % 4])));
    await elections.load();
    expect(epochsOf(elections)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(elections.list[0]).toMatchObject({ master: 'n12', cause: 'failover', votes: ['n12'], timestampMs: 12_000 });
  });

  it('skip the epochs that nobody won, and are none in an empty log', async () => {
    const elections = new Elections(
      logOf([
        [1, 30],
        [7, 0],
        [1_007, 2],
      ]),
    );
    await elections.load();
    expect(elections.list.map(({ epoch, index }) => [epoch, index])).toEqual([
      [1_007, 33],
      [7, 32],
      [1, 1],
    ]);
    const none = new Elections(new MemoryLogStore());
    await none.load();
    expect(none.list).toEqual([]);
  });

  it('forget one that was cut away, and take the one that came in its place', async () => {
    const store = logOf([
      [1, 2],
      [2, 1],
    ]);
    const elections = new Elections(store);
    await elections.load();
    elections.began({ clusterId: 'c', master: 'n3', epoch: 3, index: 6, timestampMs: 0 });
    expect(epochsOf(elections)).toEqual([3, 2, 1]);
    await store.whenDurable(store.last.index);
    await store.setAsideAfter(3, { epoch: 4, master: 'n4' });
    await elections.load();
    expect(epochsOf(elections)).toEqual([1]);
    append(store, [[4, 0]]);
    elections.began({ clusterId: 'c', master: 'n4', epoch: 4, index: 4, timestampMs: 0 });
    expect(epochsOf(elections)).toEqual([4, 1]);
  });

  it('end before a damaged record: the scrub reports it', async () => {
    const store = logOf([
      [1, 2],
      [2, 1],
      [3, 0],
    ]);
    const positionAt = store.positionAt.bind(store);
    store.positionAt = (index) =>
      index === 4 ? Promise.reject(new CorruptRecordError('1', 4, 0, 'crc')) : positionAt(index);
    const elections = new Elections(store);
    await elections.load();
    expect(epochsOf(elections)).toEqual([3]);
    store.positionAt = () => Promise.reject(new Error('the disk is gone'));
    await expect(elections.load()).rejects.toThrow('the disk is gone');
  });
});
