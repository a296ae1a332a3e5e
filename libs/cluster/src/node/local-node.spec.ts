import { encodeRecords } from '@replog/contracts/encode-records.js';
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import { describe, expect, it } from 'vitest';
import { LocalNode } from './local-node.js';

function nodeWith(timestamps: readonly number[]): LocalNode {
  const store = new MemoryLogStore();
  const drafts = timestamps.map((timestampMs) => {
    return { kind: RecordKind.Message, epoch: 1, timestampMs, key: null, payload: Buffer.from('1') };
  });
  if (drafts.length > 0) store.append(encodeRecords(drafts, LOG_START).bytes);
  const state = { current: { promised: null } } as unknown as NodeStateStore;
  return new LocalNode(state, store, null, 'boot-1');
}

describe('the timestamp of a record', () => {
  it('is the time of the wall clock, and stands still where that steps back', () => {
    const node = nodeWith([]);
    expect([5_000, 5_001, 1_000, 5_001, 5_002].map((wallMs) => node.times.at(wallMs))).toEqual([
      5_000, 5_001, 5_001, 5_001, 5_002,
    ]);
  });

  it('continues from the last record of the log, whoever wrote it', async () => {
    const node = nodeWith([7_000, 9_000]);
    expect(node.times.at(1_000)).toBe(1_000);
    await node.times.load();
    expect(node.times.at(2_000)).toBe(9_000);
    expect(node.times.at(9_001)).toBe(9_001);
  });

  it('forgets what this node wrote in an earlier term and the log no longer has', async () => {
    const node = nodeWith([7_000]);
    node.times.at(50_000);
    await node.times.load();
    expect(node.times.at(8_000)).toBe(8_000);
  });

  it('in an empty log begins with the wall clock', async () => {
    const node = nodeWith([]);
    await node.times.load();
    expect(node.times.at(3_000)).toBe(3_000);
  });
});
