import { encodeRecords } from '@replog/contracts/encode-records.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { LogPosition, RecordDraft } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { describe, expect, it } from 'vitest';
import type { LocalNode } from '../node/local-node.js';
import { PeerError } from '../peers/transport.port.js';
import type { Transport } from '../peers/transport.port.js';
import type { MasterAppend, ReappendLine } from './master-append.port.js';
import { ReappendService } from './reappend.service.js';

const MASTER = { nodeId: 'm2', url: 'http://m2:8000', epoch: 2 };

function block(previous: LogPosition, messages: readonly { text: string; key?: string }[]): Buffer {
  const drafts = messages.map(({ text, key = null }): RecordDraft => ({
    kind: RecordKind.Message,
    epoch: 1,
    timestampMs: 1_700_000_000_000,
    key,
    payload: Buffer.from(JSON.stringify(text)),
  }));
  return encodeRecords(drafts, previous).bytes;
}

/** A node that has set messages 2 and 3 aside, and a master with the log `atMaster`. */
async function withOrphans(messages: readonly { text: string; key?: string }[]) {
  const store = new MemoryLogStore();
  store.append(block(store.last, [{ text: 'first' }]));
  store.append(block(store.last, messages));
  await store.whenDurable(store.last.index);
  const positions = new Map<number, LogPosition | null>();
  for (let index = 1; index <= store.last.index; index++) positions.set(index, await store.positionAt(index));
  const set = await store.setAsideAfter(1, { epoch: 2, master: 'm2' });
  const appended: ReappendLine[] = [];
  const master: MasterAppend = {
    append: (_url, lines) => {
      appended.push(...lines);
      return Promise.resolve({ appended: lines.length, duplicates: 0 });
    },
  };
  const atMaster = new Map<number, LogPosition | null>([[1, positions.get(1) ?? null]]);
  const position: Transport['position'] = (_url, index) => Promise.resolve(atMaster.get(index) ?? null);
  const node = { master: MASTER, nodeId: 'm1' } as unknown as LocalNode;
  const transport = { position } as unknown as Transport;
  const service = new ReappendService(store, node, master, transport);
  return { service, id: set?.id ?? '', positions, atMaster, appended, master, transport };
}

describe('appending orphans again', () => {
  it('appends what the log lacks, under keys made of the records', async () => {
    const { service, id, appended } = await withOrphans([{ text: 'second' }, { text: 'third', key: 'own' }]);
    const result = await service.reappend(id);
    expect(result).toMatchObject({ messages: 2, appended: 2, duplicates: 0, conflicts: [] });
    expect(appended.map(({ key }) => key)).toEqual([expect.stringMatching(/^orphan-1-2-[0-9a-f]{8}$/), 'own']);
  });

  it('appends in smaller parts if the master takes less at once, and fails if a single message is too much', async () => {
    const texts = Array.from({ length: 11 }, (_, place) => ({ text: `text ${place}` }));
    const { service, id, master } = await withOrphans(texts);
    const append = master.append.bind(master);
    const parts: number[] = [];
    master.append = (url, lines) => {
      if (lines.length > 3) return Promise.reject(new ReplogError('BATCH_TOO_LARGE', 'too large'));
      if (parts.length === 1 && lines.length > 1) return Promise.reject(new ReplogError('OVERLOADED', 'busy'));
      parts.push(lines.length);
      return append(url, lines);
    };
    expect(await service.reappend(id)).toMatchObject({ messages: 11, appended: 11, duplicates: 0 });
    expect(parts.reduce((sum, count) => sum + count, 0)).toBe(11);
    master.append = () => Promise.reject(new ReplogError('OVERLOADED', 'busy'));
    await expect(service.reappend(id)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  it('skips records that are part of the history after all, with a key or without', async () => {
    const { service, id, positions, atMaster, appended } = await withOrphans([{ text: 'second' }, { text: 'third' }]);
    atMaster.set(2, positions.get(2) ?? null);
    expect(await service.reappend(id)).toMatchObject({ messages: 2, appended: 1, duplicates: 1 });
    expect(appended.map(({ payload }) => payload.toString())).toEqual(['"third"']);
  });

  it('recognises an orphan whose key was made of a record that is in the history', async () => {
    const original = await withOrphans([{ text: 'second' }]);
    await original.service.reappend(original.id);
    const key = original.appended[0]?.key ?? '';
    const again = await withOrphans([{ text: 'another' }, { text: 'second', key }]);
    again.atMaster.set(2, original.positions.get(2) ?? null);
    expect(await again.service.reappend(again.id)).toMatchObject({ messages: 2, appended: 1, duplicates: 1 });
    expect(again.appended.map(({ payload }) => payload.toString())).toEqual(['"another"']);
  });

  it('says to try again if the master does not answer', async () => {
    const { service, id, transport } = await withOrphans([{ text: 'second' }]);
    transport.position = () => Promise.reject(new PeerError('http://m2:8000 does not answer: ECONNREFUSED'));
    const refused = await service.reappend(id).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ReplogError);
    expect(refused).toMatchObject({ code: 'NO_MASTER' });
  });
});
