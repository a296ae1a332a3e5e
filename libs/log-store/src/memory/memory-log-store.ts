/**
 * A store that keeps its records in memory, for tests and the simulation. It has the same two steps as the segment store,
 * taking and syncing, so a caller that acknowledges too early fails with it as well.
 */
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';
import { ReplogError } from '@replog/contracts/errors.js';
import {
  LOG_START,
  RecordKind,
  decodeRecord,
  eachRecord,
  findRecordFault,
  recordLength,
  recordPosition,
} from '@replog/contracts/record.js';
import { CorruptRecordError } from '../log-store.port.js';
import type { LogStats, LogStore, OrphanReason, OrphanSet, ReadRange, Verified } from '../log-store.port.js';
import { asError } from '../shared/as-error.js';
import { checkFollows } from '../shared/block.js';
import { Durability } from '../shared/durability.js';
import { describeOrphans, orphanSetId } from '../shared/orphan-set.js';
import { NO_RECORDS, RecordRing } from '../shared/record-ring.js';

export interface MemoryLogStoreOptions {
  /** In place of the sync of a disk: what was taken before the call is durable when it resolves. Default: at once. */
  readonly sync?: () => Promise<void>;
  /** Most bytes in the log; more is `STORAGE_FULL`. Default: no limit. */
  readonly capacityBytes?: number;
  readonly wallMs?: () => number;
}

interface Orphans {
  readonly set: OrphanSet;
  readonly records: Buffer;
}

export class MemoryLogStore implements LogStore {
  readonly firstIndex = 1;
  private ring = new RecordRing(LOG_START);
  private readonly durability = new Durability(LOG_START);
  private keys = new Map<string, number>();
  private membershipIndexes: number[] = [];
  private readonly orphans: Orphans[] = [];
  private counters: LogStats = { syncs: 0, syncedRecords: 0, syncedBytes: 0, lastSyncMs: 0 };
  /** Bytes taken, and the durable part of them. The difference is pending. */
  private takenBytes = 0;
  private durableBytes = 0;
  private syncing: Promise<void> | null = null;

  constructor(private readonly options: MemoryLogStoreOptions = {}) {}

  get last(): LogPosition {
    return this.ring.last;
  }

  get durable(): LogPosition {
    return this.durability.position;
  }

  get pendingBytes(): number {
    return this.takenBytes - this.durableBytes;
  }

  get stats(): LogStats {
    return this.counters;
  }

  get isFull(): boolean {
    return this.ring.bytes >= (this.options.capacityBytes ?? Infinity);
  }

  hasRoom(bytes: number): boolean {
    return this.durability.end === null && this.ring.bytes + bytes <= (this.options.capacityBytes ?? Infinity);
  }

  makeRoom(bytes: number): Promise<void> {
    if (this.durability.end !== null) return Promise.reject(this.durability.end);
    if (this.hasRoom(bytes)) return Promise.resolve();
    return Promise.reject(new ReplogError('STORAGE_FULL', 'The log in memory has reached its capacity.'));
  }

  append(block: Buffer): void {
    if (this.durability.end !== null) throw this.durability.end;
    if (!this.hasRoom(block.length)) throw new Error('append needs room: ask hasRoom, wait for makeRoom');
    const last = checkFollows(block, this.last);
    this.take(block, last);
    this.takenBytes += block.length;
    this.syncing ??= this.syncAll();
  }

  whenDurable(index: number): Promise<void> {
    return this.durability.wait(index);
  }

  onDurable(listener: (durable: LogPosition) => void): () => void {
    return this.durability.onDurable(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    return this.durability.onFailure(listener);
  }

  read(fromIndex: number, options: ReadRange): Promise<Buffer> {
    return Promise.resolve(this.readNow(fromIndex, options));
  }

  readRecent(fromIndex: number, options: ReadRange): Buffer | null {
    return this.ring.read(fromIndex, options);
  }

  /** Checks memory, because there is no file. */
  async verify(fromIndex: number, { maxBytes }: { maxBytes: number }): Promise<Verified> {
    const block = this.readNow(fromIndex, { maxBytes, upTo: this.durable.index });
    let previous = await this.positionAt(fromIndex - 1);
    let nextIndex = fromIndex;
    for (let at = 0; at < block.length; at += recordLength(block, at)) {
      const fault = findRecordFault(block, at, block.length, previous);
      if (fault !== null) {
        if (at > 0) return { nextIndex, bytes: at };
        throw new CorruptRecordError('memory', nextIndex, at, fault);
      }
      previous = recordPosition(block, at);
      nextIndex += 1;
    }
    return { nextIndex, bytes: block.length };
  }

  positionAt(index: number): Promise<LogPosition | null> {
    if (index === 0) return Promise.resolve(LOG_START);
    const record = this.recordAt(index);
    return Promise.resolve(record === null ? null : recordPosition(record, 0));
  }

  indexOf(seq: number): Promise<number | null> {
    return Promise.resolve(this.ring.indexOf(seq));
  }

  findKey(key: string): Promise<LogRecord | null> {
    return Promise.resolve(this.decodeAt(this.keys.get(key)));
  }

  lastMembership(): Promise<LogRecord | null> {
    return Promise.resolve(this.decodeAt(this.membershipIndexes.at(-1)));
  }

  async setAsideAfter(index: number, reason: OrphanReason): Promise<OrphanSet | null> {
    if (index >= this.last.index) return null;
    await this.durability.wait(this.last.index);
    const before = (await this.positionAt(index)) as LogPosition;
    const records = this.readNow(index + 1, { maxBytes: Infinity });
    const id = orphanSetId(reason, index + 1, this.last.index, new Set(this.orphans.map(({ set }) => set.id)));
    const set = describeOrphans(id, reason, before, this.last, records.length, this.options.wallMs?.() ?? 0);
    this.orphans.push({ set, records });
    this.cutAfter(before);
    return set;
  }

  orphanSets(): Promise<readonly OrphanSet[]> {
    return Promise.resolve(this.orphans.map(({ set }) => set));
  }

  async *readOrphans(id: string): AsyncIterable<Buffer> {
    const found = this.orphans.find(({ set }) => set.id === id);
    if (found === undefined) throw new ReplogError('NOT_FOUND', `There is no orphan set ${id}.`);
    yield await Promise.resolve(found.records);
  }

  async quarantineFrom(index: number): Promise<void> {
    if (index > this.last.index) return;
    await this.durability.wait(this.last.index);
    this.cutAfter((await this.positionAt(index - 1)) as LogPosition);
  }

  async close(): Promise<void> {
    await this.syncing;
    this.durability.finish(new Error('the log is closed'));
  }

  private take(block: Buffer, last: LogPosition): void {
    this.ring.push(block, last);
    for (const record of eachRecord(block)) {
      if (record.key !== null) this.keys.set(record.key, record.index);
      if (record.kind === RecordKind.Membership) this.membershipIndexes.push(record.index);
    }
  }

  /** Each sync serves everything that was taken before it began. Ends when everything is durable. */
  private async syncAll(): Promise<void> {
    try {
      while (this.durable.index < this.last.index) {
        const { last, takenBytes } = this;
        await (this.options.sync?.() ?? Promise.resolve());
        this.count(last.index - this.durable.index, takenBytes - this.durableBytes);
        this.durableBytes = takenBytes;
        this.durability.advance(last);
      }
    } catch (error) {
      this.durability.fail(asError(error));
    } finally {
      this.syncing = null;
    }
  }

  private count(records: number, bytes: number): void {
    const { syncs, syncedRecords, syncedBytes } = this.counters;
    this.counters = {
      syncs: syncs + 1,
      syncedRecords: syncedRecords + records,
      syncedBytes: syncedBytes + bytes,
      lastSyncMs: 0,
    };
  }

  private cutAfter(position: LogPosition): void {
    const kept = position.index === 0 ? NO_RECORDS : this.readNow(1, { maxBytes: Infinity, upTo: position.index });
    this.ring = new RecordRing(LOG_START);
    this.keys = new Map();
    this.membershipIndexes = [];
    if (kept.length > 0) this.take(kept, position);
    this.durability.reset(position);
  }

  private readNow(fromIndex: number, range: ReadRange): Buffer {
    const records = this.ring.read(fromIndex, range);
    if (records === null) throw new RangeError(`there is no record ${fromIndex}: the log begins with 1`);
    return records;
  }

  private recordAt(index: number): Buffer | null {
    const record = this.ring.read(index, { maxBytes: 1 });
    return record === null || record.length === 0 ? null : record;
  }

  private decodeAt(index: number | undefined): LogRecord | null {
    const record = index === undefined ? null : this.recordAt(index);
    return record === null ? null : decodeRecord(record, 0);
  }
}
