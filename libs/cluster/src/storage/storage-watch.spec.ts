import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { openSegmentLog } from '@replog/log-store/segment/open-segment-log.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { WatchedFileSystem } from '@replog/log-store/watched-file-system.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { LocalNode } from '../node/local-node.js';
import { StorageWatch } from './storage-watch.js';

const STALL_MS = 5_000;
const SEGMENT_BYTES = 16_384;
const INITIAL = { nodeId: 'n1', incarnation: 'first', clusterId: 'c', promised: null };

describe('the watch of the disk', () => {
  const logged: string[] = [];
  let clock: VirtualClock;
  let memory: MemoryFileSystem;
  let faulty: FaultyFileSystem;
  let node: LocalNode;
  let store: LogStore;
  let watch: StorageWatch;

  beforeEach(async () => {
    logged.length = 0;
    clock = new VirtualClock();
    memory = new MemoryFileSystem();
    faulty = new FaultyFileSystem(memory);
    const fileSystem = new WatchedFileSystem(faulty, clock);
    const state = await openNodeState('/n1', () => INITIAL, fileSystem);
    ({ store } = await openSegmentLog({ directory: '/n1', segmentBytes: SEGMENT_BYTES, fileSystem, clock }));
    node = new LocalNode(state, store, null, 'boot-1');
    const config = { diskStallMs: STALL_MS, maxMessageBytes: 512, segmentBytes: SEGMENT_BYTES };
    const logger = pino({}, { write: (line: string) => void logged.push(line) });
    watch = new StorageWatch({ node, clock, config, logger }, fileSystem);
    watch.start();
  });

  afterEach(() => watch.stop());

  async function append(bytes: number): Promise<void> {
    const draft = { kind: RecordKind.Message, epoch: 1, timestampMs: 1, key: null, payload: Buffer.alloc(bytes) };
    const block = encodeRecords([draft], store.last).bytes;
    while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
    store.append(block);
  }

  it.each(['the log', 'the state of the node'])('finds a write of %s that does not end, and its end', async (what) => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    faulty.plan = () => ({ kind: 'hang', until });
    if (what === 'the log') await append(100);
    const done = what === 'the log' ? store.whenDurable(1) : node.state.save({ promised: { epoch: 2, to: 'n2' } });
    await vi.waitFor(() => expect(faulty.operations).toBeGreaterThan(0));
    clock.advance(STALL_MS - 1);
    expect([node.storage, node.notReady, node.status.storage]).toEqual(['ok', expect.anything(), 'ok']);
    clock.advance(2_001);
    expect([node.storage, node.status.storage, node.isStalled]).toEqual(['stalled', 'stalled', true]);
    clock.advance(60_000);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/this node stores nothing: its disk is stalled/);

    release();
    await done;
    clock.advance(1_000);
    expect([node.storage, node.isStalled]).toEqual(['ok', false]);
    expect(logged[1]).toMatch(/takes records again/);
  });

  it('does not take a busy disk for one that hangs', async () => {
    for (let second = 0; second < 20; second++) {
      await append(10);
      await store.whenDurable(store.last.index);
      clock.advance(1_000);
      expect(node.storage).toBe('ok');
    }
  });

  it('says that the disk is full once the largest message is refused, and tries again without a write', async () => {
    memory.capacityBytes = 2 * SEGMENT_BYTES - 1;
    const refused = (async () => {
      for (;;) await append(500);
    })();
    await expect(refused).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(1_000);
    expect([node.storage, node.isStalled]).toEqual(['full', false]);

    memory.capacityBytes = null;
    clock.advance(10_000);
    await vi.waitFor(() => expect(store.isFull).toBe(false));
    clock.advance(1_000);
    expect(node.storage).toBe('ok');
  });

  it('looks no more once it is stopped', () => {
    watch.stop();
    expect(clock.pending).toBe(0);
  });
});
