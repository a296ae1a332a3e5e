/** A lack that passes is refused or waited out, wherever in the log it strikes. It never fails the log. */
import { describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store.port.js';
import type { Operation, OperationKind } from '../testing/faulty-file-system.js';
import { FaultyFileSystem } from '../testing/faulty-file-system.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { openSegmentLog } from './open-segment-log.js';

const SEGMENT_BYTES = 4096;
const REASON = { epoch: 2, master: 'm2' };

/** A log of 45 records in several segments, on a disk that can lack something. */
class Machine {
  readonly memory = new MemoryFileSystem();
  readonly files = new FaultyFileSystem(this.memory);
  readonly failures: Error[] = [];
  store!: LogStore;

  static async withRecords(count = 45): Promise<Machine> {
    const machine = new Machine();
    machine.store = await machine.open();
    for (let more = 0; more < count; more++) await machine.take();
    return machine;
  }

  async open(): Promise<LogStore> {
    const options = { directory: '/data', segmentBytes: SEGMENT_BYTES, ringBytes: 0, fileSystem: this.files };
    const { store, damage } = await openSegmentLog({ ...options, clock: new LivingClock() });
    expect(damage).toBeNull();
    store.onFailure((error) => this.failures.push(error));
    return store;
  }

  async take(): Promise<void> {
    const block = messagesAfter(this.store.last, 1, { payloadBytes: 200 });
    while (!this.store.hasRoom(block.length)) await this.store.makeRoom(block.length);
    this.store.append(block);
    await this.store.whenDurable(this.store.last.index);
  }

  /** From now on, the operations meant lack `code`; after `times` of them, none does. */
  lack(code: string, isMeant: (operation: Operation) => boolean, times = Infinity): void {
    let left = times;
    this.files.plan = (operation) => {
      if (left === 0 || !isMeant(operation)) return null;
      left -= 1;
      return { kind: 'error', code };
    };
  }

  pass(): void {
    this.files.plan = () => null;
  }
}

/** Real turns of the event loop pass between two tries. */
class LivingClock extends TestClock {
  override sleep(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

const isOf =
  (kind: OperationKind, path: RegExp) =>
  (operation: Operation): boolean =>
    operation.kind === kind && path.test(operation.path);

const isRecordWrite = ({ kind, path, bytes }: Operation): boolean =>
  kind === 'write' && path.includes('/log/') && bytes < 1000;

describe('a log that lacks something for a while', () => {
  it.each(['EMFILE', 'ENFILE', 'ENOMEM'])(
    'refuses writes for want of a new segment (%s), and goes on',
    async (code) => {
      const machine = await Machine.withRecords();
      machine.lack(code, isOf('open', /prepared/));
      const refused = await (async () => {
        for (;;) await machine.take();
      })().catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'OUT_OF_RESOURCES', status: 503 });
      const { index } = machine.store.last;
      expect(machine.store.durable.index).toBe(index);
      machine.pass();
      for (let more = 0; more < 40; more++) await machine.take();
      expect([machine.store.durable.index, machine.failures]).toEqual([index + 40, []]);
    },
  );

  it('is not disturbed by a prepared file that cannot even be removed', async () => {
    const machine = await Machine.withRecords();
    machine.lack('ENOMEM', ({ kind, path }) => /prepared/.test(path) && (kind === 'open' || kind === 'remove'));
    await expect(
      (async () => {
        for (;;) await machine.take();
      })(),
    ).rejects.toMatchObject({ code: 'OUT_OF_RESOURCES' });
    machine.pass();
    for (let more = 0; more < 40; more++) await machine.take();
    expect(machine.failures).toEqual([]);
  });

  it.each([
    ['a write of records', 'ENOSPC', isRecordWrite],
    ['the name of a new segment', 'ENOSPC', isOf('rename', /\/log\/\d+\.log/)],
    ['the directory entry of a new segment', 'ENOMEM', isOf('syncDirectory', /\/log$/)],
  ])('keeps what it has taken until it can write it: %s', async (_what, code, isMeant) => {
    const machine = await Machine.withRecords();
    const before = machine.store.durable.index;
    let tries = 0;
    machine.lack(code, (operation) => isMeant(operation) && (tries += 1) > 0);
    const writing = (async () => {
      while (machine.store.durable.index < before + 40) await machine.take();
    })().catch((error: unknown) => error);
    while (tries < 3) await new Promise(setImmediate);
    const { store } = machine;
    expect(store.durable.index).toBeLessThan(store.last.index);
    expect(store.hasRoom(1)).toBe(false);
    await expect(store.makeRoom(1)).rejects.toMatchObject({
      code: code === 'ENOSPC' ? 'STORAGE_FULL' : 'OUT_OF_RESOURCES',
    });
    machine.pass();
    await store.whenDurable(store.last.index);
    await writing;
    for (let more = 0; more < 40; more++) await machine.take();
    expect(machine.failures).toEqual([]);
    const { last } = store;
    await store.close();
    expect((await machine.open()).last).toEqual(last);
  });

  it('takes a block for which room was seen before the lack began', async () => {
    const machine = await Machine.withRecords();
    const { store } = machine;
    machine.lack('ENOSPC', isRecordWrite);
    store.append(messagesAfter(store.last, 1));
    while (store.hasRoom(1)) await new Promise(setImmediate);
    store.append(messagesAfter(store.last, 1));
    machine.pass();
    await store.whenDurable(47);
  });

  it('does not try a failed sync again, whatever it lacked', async () => {
    const machine = await Machine.withRecords();
    machine.lack('ENOSPC', ({ kind }) => kind === 'sync');
    await expect(machine.store.setAsideAfter(11, REASON)).rejects.toThrow('ENOSPC');
    // The orphan records are no part of the log yet.
    expect(machine.failures).toEqual([]);
    machine.lack('ENOSPC', isOf('sync', /\/log\//));
    await expect(machine.store.setAsideAfter(11, REASON)).rejects.toThrow('ENOSPC');
    expect(machine.failures).toHaveLength(1);
  });

  it.each(['setting aside', 'quarantine'])(
    'finishes %s, or leaves the log as it was, at every operation',
    async (what) => {
      let isStruck = true;
      for (let failAt = 1; isStruck; failAt++) {
        const machine = await Machine.withRecords();
        const { store, files } = machine;
        const place = files.operations + failAt;
        isStruck = false;
        files.plan = ({ number, kind }) => {
          if (number < place || number > place + 1 || kind === 'sync') return null;
          isStruck = true;
          return { kind: 'error', code: number % 2 === 0 ? 'ENOSPC' : 'EMFILE' };
        };
        const change = (): Promise<unknown> =>
          what === 'quarantine' ? store.quarantineFrom(12) : store.setAsideAfter(11, REASON);
        await change().catch(() => expect(store.last.index).toBe(45));
        machine.pass();
        if (store.last.index === 45) await change();
        const { last } = store;
        expect([last.index, machine.failures]).toEqual([11, []]);
        for (let more = 0; more < 5; more++) await machine.take();
        await store.close();
        expect((await machine.open()).last.index).toBe(16);
      }
    },
  );

  it('leaves nothing half-made on a full disk', async () => {
    const machine = await Machine.withRecords();
    const { store, memory } = machine;
    machine.lack('ENOSPC', isOf('write', /orphans|replacement/), 1);
    await expect(store.setAsideAfter(11, REASON)).rejects.toThrow('ENOSPC');
    expect(await memory.list('/data/orphans')).toEqual([]);
    machine.lack('ENOSPC', isOf('write', /orphans|replacement/), 1);
    await expect(store.quarantineFrom(12)).rejects.toThrow('ENOSPC');
    expect(await memory.size('/data/log/replacement.segment')).toBeNull();
  });

  it('ends when it is closed amid a lack: what is not written fails, and the start continues before it', async () => {
    const machine = await Machine.withRecords();
    const { store } = machine;
    machine.lack('ENOSPC', isRecordWrite);
    const written = machine.take().catch((error: unknown) => error);
    const cut = store.setAsideAfter(11, REASON).catch((error: unknown) => error);
    await new Promise(setImmediate);
    await store.close();
    expect([await written, await cut]).toEqual([
      expect.objectContaining({ code: 'ENOSPC' }),
      expect.objectContaining({ code: 'ENOSPC' }),
    ]);
    machine.pass();
    expect((await machine.open()).last.index).toBe(45);
  });
});
