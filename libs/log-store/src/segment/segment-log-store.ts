/**
 * The log in segment files. This class takes records and answers questions; how bytes get to the medium, how a place
 * is found, how the log is cut and how it is opened stand in files of their own.
 */
import type { Clock, LogPosition, LogRecord } from '@replog/contracts';
import { LOG_START, ReplogError, recordLength } from '@replog/contracts';
import type { FileSystem } from '../file-system.port.js';
import type { LogStats, LogStore, OrphanReason, OrphanSet } from '../log-store.port.js';
import { checkFollows } from '../shared/block.js';
import { Durability } from '../shared/durability.js';
import { Gate } from '../shared/gate.js';
import type { ReadRange } from '../shared/record-ring.js';
import { RecordRing } from '../shared/record-ring.js';
import { cutAfter, quarantineAt } from './cutting.js';
import { DerivedFiles } from './derived-files.js';
import type { LogLayout } from './layout.js';
import { LogReader } from './log-reader.js';
import { NextSegment } from './next-segment.js';
import { listOrphans, readOrphanRecords } from './orphan-files.js';
import type { LogDamage } from './recovery.js';
import { loadSegments } from './recovery.js';
import { Segment } from './segment.js';
import type { OpenSegment, Written } from './segment-writer.js';
import { SegmentWriter } from './segment-writer.js';

export interface SegmentLogSettings {
  readonly segmentBytes: number;
  readonly ringBytes: number;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly layout: LogLayout;
}

export class SegmentLogStore implements LogStore {
  /** In the order of their indexes; the last one takes records. Empty only before the first is prepared. */
  private segments: Segment[] = [];
  /** The file of the last segment; `null` where there is none or the log is damaged. */
  private tail: OpenSegment | null = null;
  private damage: LogDamage | null = null;
  private ring = new RecordRing(LOG_START);
  private readonly durability = new Durability(LOG_START);
  private readonly gate = new Gate();
  private readonly derived: DerivedFiles;
  private readonly reader: LogReader;
  private readonly next: NextSegment;
  private readonly writer: SegmentWriter;
  /** The sealing of segments left behind, one after the other. Never rejects. */
  private sealing: Promise<void> = Promise.resolve();
  private counters: LogStats = { syncs: 0, syncedRecords: 0, syncedBytes: 0, lastSyncMs: 0 };
  private taken = 0;
  private closing: Promise<void> | null = null;

  private constructor(private readonly settings: SegmentLogSettings) {
    const { fileSystem, layout, segmentBytes, clock } = settings;
    const onFailure = (error: Error): void => this.durability.fail(error);
    this.derived = new DerivedFiles(fileSystem, layout, clock);
    this.reader = new LogReader(fileSystem, layout, this.derived, {
      segments: () => this.segments,
      ring: () => this.ring,
      durable: () => this.durable,
    });
    this.next = new NextSegment(fileSystem, layout, segmentBytes, onFailure);
    const onWritten = (written: Written): void => this.onWritten(written);
    const onLeft = (left: OpenSegment): void => this.sealLater(left);
    this.writer = new SegmentWriter(fileSystem, layout, clock, { onWritten, onLeft, onFailure }, null);
  }

  /** Opens what stands on disk; changes that a crash interrupted must be finished. */
  static async open(settings: SegmentLogSettings): Promise<{ store: SegmentLogStore; damage: LogDamage | null }> {
    const store = new SegmentLogStore(settings);
    await store.load();
    if (store.damage === null && store.tail === null) await store.next.prepare().catch(ignoreFullDisk);
    return { store, damage: store.damage };
  }

  get firstIndex(): number {
    return this.segments[0]?.firstIndex ?? 1;
  }

  get last(): LogPosition {
    return this.ring.last;
  }

  get durable(): LogPosition {
    return this.durability.position;
  }

  get pendingBytes(): number {
    return this.taken - this.counters.syncedBytes;
  }

  get stats(): LogStats {
    return this.counters;
  }

  hasRoom(bytes: number): boolean {
    if (this.refusal() !== null || this.gate.isChanging) return false;
    // A record never spans segments, so what is left of the tail may be lost: all must fit in either of the two.
    return bytes <= (this.tail?.segment.room ?? 0) || bytes <= (this.next.ready?.capacity ?? 0);
  }

  async makeRoom(bytes: number): Promise<void> {
    await this.gate.read(() => Promise.resolve());
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    if (this.hasRoom(bytes)) return;
    if (bytes > this.settings.segmentBytes) {
      throw new RangeError(
        `${bytes} bytes never fit in a segment of ${this.settings.segmentBytes}: append less at once`,
      );
    }
    await this.next.prepare();
  }

  append(block: Buffer): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    if (!this.hasRoom(block.length)) throw new Error('append needs room: ask hasRoom, wait for makeRoom');
    const last = checkFollows(block, this.last);
    this.ring.push(block, last);
    this.taken += block.length;
    this.place(block);
    this.ring.evict(this.settings.ringBytes, this.durable.index);
    this.prepareAhead();
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
    return this.gate.read(() => this.reader.read(fromIndex, options));
  }

  readRecent(fromIndex: number, options: ReadRange): Buffer | null {
    return this.ring.read(fromIndex, options);
  }

  positionAt(index: number): Promise<LogPosition | null> {
    return this.gate.read(() => this.reader.positionAt(index));
  }

  indexOf(seq: number): Promise<number | null> {
    return this.gate.read(() => this.reader.indexOf(seq));
  }

  findKey(key: string): Promise<LogRecord | null> {
    return this.gate.read(() => this.reader.findKey(key));
  }

  lastMembership(): Promise<LogRecord | null> {
    return this.gate.read(() => this.reader.lastMembership());
  }

  setAsideAfter(index: number, reason: OrphanReason): Promise<OrphanSet | null> {
    return this.gate.exclusive(async () => {
      if (index >= this.last.index) return null;
      this.throwRefusal();
      await this.settle();
      const set = await cutAfter(this.settings, this.reader, this.segments, { index, last: this.last, reason });
      await this.load();
      return set;
    });
  }

  orphanSets(): Promise<readonly OrphanSet[]> {
    return listOrphans(this.settings.fileSystem, this.settings.layout);
  }

  readOrphans(id: string): AsyncIterable<Buffer> {
    return readOrphanRecords(this.settings.fileSystem, this.settings.layout, id);
  }

  quarantineFrom(index: number): Promise<void> {
    return this.gate.exclusive(async () => {
      if (index > this.last.index && this.damage === null) return;
      if (this.durability.end !== null) throw this.durability.end;
      await this.settle();
      await quarantineAt(this.settings, this.segments, index);
      await this.load();
    });
  }

  close(): Promise<void> {
    this.closing ??= this.closeFiles();
    return this.closing;
  }

  /** Reads what stands on disk and goes on from there. Nothing may be under way. */
  private async load(): Promise<void> {
    const { fileSystem, layout } = this.settings;
    await this.tail?.file.close();
    this.tail = null;
    this.derived.forget();
    const { segments, damage } = await loadSegments(fileSystem, layout, this.derived);
    const newest = segments.at(-1);
    const last = newest?.last ?? LOG_START;
    this.segments = segments;
    this.damage = damage;
    this.ring = new RecordRing(last);
    this.durability.reset(last);
    if (newest !== undefined && damage === null) {
      const file = await fileSystem.open(layout.segment(newest.firstIndex), 'update', { isDurable: true });
      this.tail = { segment: newest, file, temporaryPath: null };
    }
    this.writer.continueWith(this.tail);
  }

  /** Gives every record of the block its place, in the tail or, from the first that does not fit, in the next. */
  private place(block: Buffer): void {
    let from = 0;
    let position = this.tail?.segment.end ?? 0;
    for (let at = 0; at < block.length;) {
      const length = recordLength(block, at);
      if (this.tail === null || length > this.tail.segment.room) {
        this.write(block.subarray(from, at), position);
        this.tail = this.roll();
        from = at;
        position = 0;
      }
      this.tail.segment.note(block, at, length);
      at += length;
    }
    this.write(block.subarray(from), position);
  }

  private write(bytes: Buffer, position: number): void {
    const target = this.tail;
    if (target === null || bytes.length === 0) return;
    this.writer.add({ target, position, bytes, last: target.segment.last });
  }

  private roll(): OpenSegment {
    const { path, file, capacity } = this.next.take();
    const before = this.segments.at(-1)?.last ?? LOG_START;
    const segment = new Segment(before.index + 1, before, capacity);
    this.segments.push(segment);
    return { segment, file, temporaryPath: path };
  }

  /** From a quarter on: a log that stays small does not pay for a second segment. */
  private prepareAhead(): void {
    const { end, capacity } = this.tail?.segment ?? { end: 0, capacity: 0 };
    if (end * 4 >= capacity) this.next.start();
  }

  private onWritten(written: Written): void {
    const { syncs, syncedRecords, syncedBytes } = this.counters;
    this.counters = {
      syncs: syncs + 1,
      syncedRecords: syncedRecords + written.last.index - this.durable.index,
      syncedBytes: syncedBytes + written.bytes,
      lastSyncMs: written.syncMs,
    };
    this.ring.evict(this.settings.ringBytes, written.last.index);
    this.durability.advance(written.last);
  }

  private sealLater(left: OpenSegment): void {
    this.sealing = this.sealing
      .then(async () => {
        await left.file.close();
        await this.derived.seal(left.segment);
      })
      .catch((error: unknown) => this.durability.fail(error instanceof Error ? error : new Error(String(error))));
  }

  /** Waits until everything taken is durable and nothing is under way. */
  private async settle(): Promise<void> {
    await this.durability.wait(this.last.index);
    await this.writer.idle();
    await this.sealing;
  }

  /** Why nothing can be taken; `null` where it can. */
  private refusal(): Error | null {
    if (this.durability.end !== null) return this.durability.end;
    if (this.damage === null) return null;
    const { segment, index, offset, fault } = this.damage;
    return new ReplogError(
      'CORRUPT_RECORD',
      `Record ${index} in segment ${segment} at byte ${offset} is damaged (${fault}): nothing is appended until it is quarantined.`,
      { extra: { segment, index, offset } },
    );
  }

  private throwRefusal(): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
  }

  private async closeFiles(): Promise<void> {
    await this.gate.exclusive(async () => {
      await this.writer.idle();
      this.durability.finish(new Error('the log is closed'));
      await this.next.stop();
      await this.sealing;
      await this.tail?.file.close();
    });
  }
}

function ignoreFullDisk(error: unknown): void {
  if (error instanceof ReplogError && error.code === 'STORAGE_FULL') return;
  throw error;
}
