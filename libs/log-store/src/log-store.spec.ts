import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from './file-system.port.js';
import { MemoryLogStore } from './memory/memory-log-store.js';
import { openSegmentLog } from './segment/open-segment-log.js';
import { FaultyFileSystem } from './testing/faulty-file-system.js';
import type { StoreUnderTest } from './testing/log-store.conformance.js';
import { describeLogStore } from './testing/log-store.conformance.js';
import { MemoryFileSystem } from './testing/memory-file-system.js';
import { TestClock } from './testing/test-clock.js';

/** Small, so that every test uses several segments and reads records that the ring no longer has. */
const SEGMENT_BYTES = 4096;
const RING_BYTES = 1024;

function segmentStore(directory: string, fileSystem?: FileSystem, dispose = async () => {}): StoreUnderTest {
  const clock = new TestClock();
  const open = async () => {
    const opened = await openSegmentLog({
      directory,
      segmentBytes: SEGMENT_BYTES,
      ringBytes: RING_BYTES,
      ...(fileSystem === undefined ? {} : { fileSystem }),
      clock,
    });
    if (opened.damage !== null) throw new Error(`unexpected damage: ${JSON.stringify(opened.damage)}`);
    clock.advance(1);
    return opened.store;
  };
  return { open, reopen: open, dispose };
}

describeLogStore('the store in memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryLogStore()), dispose: async () => {} }),
);

describeLogStore('the segment store on a disk', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'replog-'));
  return segmentStore(directory, undefined, () => rm(directory, { recursive: true }));
});

describeLogStore('the segment store on a disk in memory', () =>
  Promise.resolve(segmentStore('/data', new MemoryFileSystem())),
);

describeLogStore('the segment store on a disk that reads and writes in pieces', () => {
  const pieces = new FaultyFileSystem(new MemoryFileSystem(), ({ kind, number }) =>
    (kind === 'write' || kind === 'read') && number % 3 === 0 ? { kind: 'short', bytes: 100 + (number % 700) } : null,
  );
  return Promise.resolve(segmentStore('/data', pieces));
});
