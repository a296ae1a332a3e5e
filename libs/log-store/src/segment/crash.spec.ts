import { eachRecord } from '@replog/contracts/record.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { seededChance } from '../testing/seeded-chance.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const REASON = { epoch: 9, master: 'm9' };

/** A machine that stops at a chosen operation, and what its log must never lose. */
class Machine {
  readonly memory = new MemoryFileSystem();
  /** The file system as the process of this life sees it. */
  files = new FaultyFileSystem(this.memory);
  private readonly clock = new TestClock();
  /** Every record ever taken, by its chain. */
  readonly taken = new Map<number, number>();
  /** Chains of the records that were reported durable, in order; a cut moves the last ones to `aside`. */
  durable: number[] = [];

  async open(): Promise<LogStore> {
    const options = { directory: '/data', segmentBytes: 2048, ringBytes: 512, fileSystem: this.files };
    const { store, damage } = await openSegmentLog({ ...options, clock: this.clock });
    expect(damage).toBeNull();
    store.onDurable(({ index }) => {
      const all = [...this.taken.keys()];
      this.durable = all.slice(0, index);
    });
    return store;
  }

  /** Stops everything from the given operation on; `isDone`: that operation is still done. */
  stopAfter(count: number, isDone: boolean): void {
    const stop = this.files.operations + count;
    this.files.plan = ({ number }) => {
      if (number < stop) return null;
      return { kind: isDone && number === stop ? 'late-error' : 'error', code: 'EIO' };
    };
  }

  restart(seed: number, isKill: boolean): void {
    // The dead process changes nothing any more.
    this.files.plan = () => ({ kind: 'error', code: 'EIO' });
    this.files = new FaultyFileSystem(this.memory);
    if (isKill) this.memory.killProcess();
    else this.memory.crash(seededChance(seed));
  }
}

async function chains(store: LogStore): Promise<number[]> {
  const found: number[] = [];
  for (;;) {
    const block = await store.read(found.length + 1, { maxBytes: 3000 });
    if (block.length === 0) return found;
    for (const record of eachRecord(block)) found.push(record.chain);
  }
}

async function take(machine: Machine, store: LogStore, count: number, payloadBytes: number): Promise<void> {
  const block = messagesAfter(store.last, count, { payloadBytes, key: (place) => `k${store.last.seq + place + 1}` });
  while (!store.hasRoom(block.length)) await store.makeRoom(block.length);
  for (const record of eachRecord(block)) machine.taken.set(record.chain, record.index);
  store.append(block);
}

const life = fc.record({
  blocks: fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 8 }), bytes: fc.integer({ min: 2, max: 200 }), waits: fc.boolean() }),
    { maxLength: 12 },
  ),
  stopAfter: fc.integer({ min: 1, max: 150 }),
  isDone: fc.boolean(),
  isKill: fc.boolean(),
  seed: fc.integer(),
});

describe('a log whose machine stops at any operation', () => {
  it('has every durable record, and only a beginning of what was taken, life after life', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const machine = new Machine();
        for (const { blocks, stopAfter, isDone, isKill, seed } of lives) {
          machine.stopAfter(stopAfter, isDone);
          try {
            const store = await machine.open();
            for (const { count, bytes, waits } of blocks) {
              await take(machine, store, count, bytes);
              if (waits) await store.whenDurable(store.last.index);
            }
          } catch (error) {
            expect(String(error)).toContain('EIO');
          }
          machine.restart(seed, isKill);
          const store = await machine.open();
          const found = await chains(store);
          expect([...machine.taken.keys()].slice(0, found.length)).toEqual(found);
          expect(found.length).toBeGreaterThanOrEqual(machine.durable.length);
          for (const [place, chain] of [...machine.taken.keys()].entries()) {
            const key = `k${place + 1}`;
            expect((await store.findKey(key))?.chain ?? null).toBe(place < found.length ? chain : null);
          }
          // Records that are read after a start count as durable from then on.
          machine.durable = found;
          for (const chain of [...machine.taken.keys()].slice(found.length)) machine.taken.delete(chain);
          await store.close();
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('sets records aside wholly or not at all, wherever it stops, and loses none', async () => {
    for (const isDone of [true, false]) {
      let isFinished = false;
      for (let stopAfter = 1; !isFinished; stopAfter++) {
        const machine = new Machine();
        const store = await machine.open();
        for (let count = 0; count < 9; count++) await take(machine, store, 5, 100);
        await store.whenDurable(45);
        machine.stopAfter(stopAfter, isDone);
        isFinished = await store.setAsideAfter(11, REASON).then(
          () => true,
          () => false,
        );
        machine.restart(stopAfter, stopAfter % 5 === 0);

        const opened = await machine.open();

        const kept = await chains(opened);
        const aside: number[] = [];
        for (const set of await opened.orphanSets()) {
          expect(set).toMatchObject({ firstIndex: 12, lastIndex: 45, messages: 34, ...REASON });
          for await (const block of opened.readOrphans(set.id)) {
            for (const record of eachRecord(block)) aside.push(record.chain);
          }
        }
        expect([45, 11]).toContain(kept.length);
        expect([...kept, ...aside]).toEqual([...machine.taken.keys()]);
        if (isFinished) expect(kept).toHaveLength(11);
        expect((await opened.findKey('k12')) === null).toBe(kept.length === 11);
        if (kept.length === 45) expect((await opened.setAsideAfter(11, REASON))?.lastIndex).toBe(45);
        await take(machine, opened, 3, 50);
        await opened.close();
        expect((await chains(await machine.open())).length).toBe(14);
      }
    }
  }, 60_000);

  it('quarantines wholly or not at all, wherever it stops, and deletes no byte', async () => {
    let isFinished = false;
    for (let stopAfter = 1; !isFinished; stopAfter++) {
      const machine = new Machine();
      const store = await machine.open();
      for (let count = 0; count < 9; count++) await take(machine, store, 5, 100);
      await store.whenDurable(45);
      machine.stopAfter(stopAfter, stopAfter % 2 === 0);
      isFinished = await store.quarantineFrom(17).then(
        () => true,
        () => false,
      );
      machine.restart(stopAfter, false);

      const opened = await machine.open();

      const kept = await chains(opened);
      expect([45, 16]).toContain(kept.length);
      expect([...machine.taken.keys()].slice(0, kept.length)).toEqual(kept);
      if (kept.length === 16) {
        const [folder = ''] = await machine.files.list('/data/quarantine');
        const moved = await machine.files.list(`/data/quarantine/${folder}`);
        const segments = moved.map((name) => machine.memory.contentOf(`/data/quarantine/${folder}/${name}`));
        const all = Buffer.concat(segments);
        for (const [chain, index] of machine.taken) {
          if (index > 16) expect(all.includes(chainBytes(chain))).toBe(true);
        }
      }
      await opened.close();
    }
  }, 60_000);

  it.each(['setting aside', 'quarantine'])('takes nothing more where %s was decided and failed', async (what) => {
    let isFinished = false;
    for (let failAt = 1; !isFinished; failAt++) {
      const machine = new Machine();
      const store = await machine.open();
      for (let count = 0; count < 9; count++) await take(machine, store, 5, 100);
      await store.whenDurable(45);
      const place = machine.files.operations + failAt;
      machine.files.plan = ({ number }) => (number === place ? { kind: 'late-error', code: 'EIO' } : null);
      const change = what === 'quarantine' ? store.quarantineFrom(12) : store.setAsideAfter(11, REASON);
      isFinished = await change.then(
        () => true,
        () => false,
      );
      const said = await (async () => {
        await take(machine, store, 1, 10);
        await store.whenDurable(store.last.index);
        return store.last;
      })().catch(() => null);
      machine.restart(failAt, false);
      const opened = await machine.open();
      if (said !== null) expect(await opened.positionAt(said.index)).toEqual(said);
      else expect([11, 45]).toContain(opened.last.index);
    }
  });

  it('keeps over a crash what a killed process wrote and the next one read', async () => {
    let beforeSync: (() => void) | null = null;
    const memory = new MemoryFileSystem({
      pause: () => {
        beforeSync?.();
        return Promise.resolve();
      },
    });
    const options = { directory: '/data', segmentBytes: 2048, fileSystem: memory, clock: new TestClock() };
    const { store } = await openSegmentLog(options);
    store.append(messagesAfter(store.last, 1));
    await store.whenDurable(1);
    // The next write reaches the system; the process ends before its sync.
    let steps = 0;
    beforeSync = () => {
      steps += 1;
      if (steps === 2) memory.killProcess();
    };
    store.append(messagesAfter(store.last, 1));
    await expect(store.whenDurable(2)).rejects.toThrow('EIO');
    beforeSync = null;

    expect((await openSegmentLog(options)).store.durable.index).toBe(2);
    memory.crash(() => 0.99);
    expect((await openSegmentLog(options)).store.last.index).toBe(2);
  });
});

function chainBytes(chain: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(chain);
  return bytes;
}
