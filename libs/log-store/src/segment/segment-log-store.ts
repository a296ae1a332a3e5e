/**
 * The log in segment files. This class ties the parts together: writing, reading, cutting and opening the log are in files
 * of their own.
 */
import { MAX_BLOCK_BYTES } from '@replog/contracts/limits.js';
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';
import { LOG_START } from '@replog/contracts/record.js';
import type {
  LogStats,
  LogStore,
  OrphanReason,
  OrphanSet,
  ReadOptions,
  ReadRange,
  Verified,
} from '../log-store.port.js';
import type { OpenDirectory } from '../file-system.port.js';
import { asError } from '../shared/as-error.js';
import { checkFollows } from '../shared/block.js';
import { Durability } from '../shared/durability.js';
import { Gate } from '../shared/gate.js';
import { throughLack } from '../shared/lack.js';
import { RecordRing } from '../shared/record-ring.js';
import { prepareCut, prepareQuarantine } from './cutting.js';
import { DerivedFiles } from './derived-files.js';
import type { LogChange } from './log-change.js';
import { changeLog } from './log-change.js';
import { LogReader } from './log-reader.js';
import { LogTail } from './log-tail.js';
import { NextSegment } from './next-segment.js';
import { listOrphans, readOrphanRecords } from './orphan-files.js';
import type { LogDamage } from './recovery.js';
import { damageError, loadSegments } from './recovery.js';
import type { Segment } from './segment.js';
import type { OpenSegment, Written } from './segment-writer.js';
import { SegmentWriter } from './segment-writer.js';
import type { SegmentLogSettings } from './settings.js';

export class SegmentLogStore implements LogStore {
  private damage: LogDamage | null = null;
  private ring = new RecordRing(LOG_START);
  private readonly durability = new Durability(LOG_START);
  private readonly gate = new Gate();
  private readonly derived: DerivedFiles;
  private readonly reader: LogReader;
  private readonly next: NextSegment;
  private readonly writer: SegmentWriter;
  private readonly tail: LogTail;
  /** Full segments are sealed one after the other. Never rejects. */
  private sealing: Promise<void> = Promise.resolve();
  private counters: LogStats = { syncs: 0, syncedRecords: 0, syncedBytes: 0, lastSyncMs: 0 };
  private taken = 0;
  private closing: Promise<void> | null = null;
  private readonly stopping = new AbortController();

  private constructor(private readonly settings: SegmentLogSettings & { readonly directory: OpenDirectory }) {
    const { fileSystem, layout, segmentBytes, clock, directory } = settings;
    const onFailure = (error: Error): void => this.fail(error);
    this.derived = new DerivedFiles(fileSystem, layout, clock);
    this.reader = new LogReader(fileSystem, layout, this.derived, {
      segments: () => this.tail.segments,
      ring: () => this.ring,
      durable: () => this.durable,
    });
    this.next = new NextSegment(fileSystem, layout, segmentBytes, onFailure);
    const events = {
      onWritten: (written: Written) => this.onWritten(written),
      onLeft: (left: OpenSegment) => this.sealLater(left),
      onFailure,
    };
    this.writer = new SegmentWriter(fileSystem, layout, clock, events, null, directory);
    this.tail = new LogTail(this.next, this.writer);
  }

  /** Opens the log on disk. A change that a crash interrupted must be finished first. */
  static async open(settings: SegmentLogSettings): Promise<{ store: SegmentLogStore; damage: LogDamage | null }> {
    const directory = await settings.fileSystem.openDirectory(settings.layout.log);
    const store = new SegmentLogStore({ ...settings, directory });
    await store.load();
    if (store.damage === null && !store.tail.isOpen) await store.next.prepareIfRoom();
    return { store, damage: store.damage };
  }

  get firstIndex(): number {
    return this.tail.segments[0]?.firstIndex ?? 1;
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

  get isFull(): boolean {
    return this.next.isFull;
  }

  hasRoom(bytes: number): boolean {
    return this.writer.lack === null && this.takes(bytes);
  }

  async makeRoom(bytes: number): Promise<void> {
    await this.gate.read(() => Promise.resolve());
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    if (this.hasRoom(bytes)) return;
    if (this.writer.lack !== null) throw this.writer.lack;
    if (bytes > Math.max(this.settings.segmentBytes, MAX_BLOCK_BYTES)) {
      throw new RangeError(`${bytes} bytes never fit in a segment: append less at once`);
    }
    await this.next.prepare(bytes);
  }

  append(block: Buffer): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    if (!this.takes(block.length)) throw new Error('append needs room: ask hasRoom, wait for makeRoom');
    const last = checkFollows(block, this.last);
    this.ring.push(block, last);
    this.taken += block.length;
    this.tail.take(block);
    this.ring.evict(this.settings.ringBytes, this.durable.index);
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

  read(fromIndex: number, options: ReadOptions): Promise<Buffer> {
    return this.gate.read(() => this.reader.read(fromIndex, options));
  }

  readRecent(fromIndex: number, options: ReadRange): Buffer | null {
    return this.ring.read(fromIndex, options);
  }

  verify(fromIndex: number, { maxBytes }: { maxBytes: number }): Promise<Verified> {
    return this.gate.read(() => this.reader.verify(fromIndex, maxBytes));
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
      const refusal = this.refusal();
      if (refusal !== null) throw refusal;
      await this.settle();
      const cut = await prepareCut(this.settings, this.reader, this.tail.segments, { index, last: this.last, reason });
      await this.change(cut);
      return cut.set;
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
      await this.change(await prepareQuarantine(this.settings, this.tail.segments, index));
    });
  }

  close(): Promise<void> {
    this.stopping.abort();
    this.writer.stop();
    this.closing ??= this.closeFiles();
    return this.closing;
  }

  /** Reads the log on disk and continues from there. No write may be in progress. */
  private async load(): Promise<void> {
    const { fileSystem, layout } = this.settings;
    await this.tail.close();
    this.derived.forget();
    const { segments, damage } = await loadSegments(fileSystem, layout, this.derived);
    const newest = segments.at(-1);
    const last = newest?.last ?? LOG_START;
    this.damage = damage;
    this.ring = new RecordRing(last);
    this.durability.reset(last);
    this.tail.startWith(segments, damage === null && newest !== undefined ? await this.openTail(newest) : null);
  }

  private async openTail(segment: Segment): Promise<OpenSegment> {
    const { fileSystem, layout } = this.settings;
    const file = await fileSystem.open(layout.segment(segment.firstIndex), 'update', { isDurable: true });
    return { segment, file, temporaryPath: null };
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
      .catch((error: unknown) => this.fail(error));
  }

  /** Waits until every record taken is durable and no write or sealing is in progress. */
  private async settle(): Promise<void> {
    await this.durability.wait(this.last.index);
    await this.writer.idle();
    await this.sealing;
  }

  /** A caller that has just seen `hasRoom` may append, even where a lack began in between: the records wait for its end. */
  private takes(bytes: number): boolean {
    return this.refusal() === null && !this.gate.isChanging && this.tail.fits(bytes);
  }

  /** Why the store takes no records; `null` if it does. */
  private refusal(): Error | null {
    if (this.durability.end !== null) return this.durability.end;
    return this.damage === null ? null : damageError(this.damage);
  }

  /**
   * If the change cannot be finished, the store fails for good: it may be decided on disk, so the old log must not grow. A
   * lack is waited out for the same reason; all steps can be repeated.
   */
  private async change(change: LogChange): Promise<void> {
    const { fileSystem, layout, clock } = this.settings;
    const { signal } = this.stopping;
    try {
      await throughLack(clock, signal, () => changeLog(fileSystem, layout, change));
      await throughLack(clock, signal, () => this.load());
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  private fail(error: unknown): void {
    this.durability.fail(asError(error));
  }

  private async closeFiles(): Promise<void> {
    await this.gate.exclusive(async () => {
      await this.writer.idle();
      this.durability.finish(new Error('the log is closed'));
      await this.next.stop();
      await this.sealing;
      await this.tail.close();
      await this.settings.directory.close();
    });
  }
}
