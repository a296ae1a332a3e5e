/**
 * Prepares the segment after the current one, off the write path: a file of its full size, filled with zeros. Later syncs
 * then write data only, and a full disk or a lack of descriptors is noticed here, before any record of that segment is
 * taken.
 *
 * It is filled at the pace of the log. Filled at once, it would keep the disk busy for most of a second, and every record
 * written during that time would wait.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { asError } from '../shared/as-error.js';
import { writeAll } from '../shared/file-operations.js';
import { isLack, lackError } from '../shared/lack.js';
import type { LogLayout } from './layout.js';

/** Small enough that a write of records waits only briefly behind it. */
const ZEROS = Buffer.alloc(256 * 1024);
/** Most of them in one write, when the log grows faster. */
const MAX_PIECES = 16;

export interface PreparedSegment {
  readonly path: string;
  readonly file: OpenFile;
  readonly capacity: number;
}

export class NextSegment {
  private prepared: PreparedSegment | null = null;
  private preparing: Promise<void> | null = null;
  private isStopped = false;
  /** The size of the segment in preparation: `segmentBytes`, or more for one record that is larger. */
  private capacity = 0;
  /** The last preparation found the disk full. */
  private foundNoSpace = false;
  /** Bytes of the segment in preparation that should be written by now. */
  private dueBytes = 0;
  /** Wakes the preparation: more bytes are due. */
  private wake: () => void = () => undefined;
  /** Numbers the temporary files of this run. */
  private number = 0;

  constructor(
    private readonly files: FileSystem,
    private readonly layout: LogLayout,
    private readonly segmentBytes: number,
    private readonly onFailure: (error: Error) => void,
  ) {}

  get isFull(): boolean {
    return this.foundNoSpace;
  }

  get ready(): PreparedSegment | null {
    return this.prepared;
  }

  /** Returns the prepared segment; the caller owns it from now on. */
  take(): PreparedSegment {
    const taken = this.prepared;
    if (taken === null) throw new Error('no segment is prepared: append needs room');
    this.prepared = null;
    return taken;
  }

  /**
   * Prepares the segment up to `share` (0 to 1) of its size, in the background. `ready` and `prepare` show the result.
   */
  keepUp(share: number): void {
    if (this.prepared !== null || this.isStopped) return;
    if (this.preparing === null) this.begin().catch(() => undefined);
    this.need(share * this.segmentBytes);
  }

  /**
   * Prepares the whole segment now, of `bytes` at least, because a write waits for it. Resolves when it is ready. Rejects with
   * STORAGE_FULL or OUT_OF_RESOURCES if there is a lack; the next call tries again.
   */
  async prepare(bytes = this.segmentBytes): Promise<void> {
    if (this.preparing !== null && this.capacity < bytes) {
      this.need(this.capacity);
      await this.preparing;
    }
    if (this.isStopped || (this.prepared !== null && this.prepared.capacity >= bytes)) return;
    const preparing = this.preparing ?? this.begin(bytes);
    this.need(this.capacity);
    await preparing;
  }

  /** The same, but a lack is not a failure: the next append will report it. */
  async prepareIfRoom(): Promise<void> {
    try {
      await this.prepare();
    } catch (error) {
      if (!(error instanceof ReplogError)) throw error;
    }
  }

  /** Ends the preparation and removes a segment that was not taken. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.preparing?.catch(() => undefined);
    const { prepared } = this;
    this.prepared = null;
    if (prepared !== null) await this.discard(prepared.file, prepared.path);
  }

  private need(bytes: number): void {
    if (bytes <= this.dueBytes) return;
    this.dueBytes = bytes;
    this.wake();
  }

  private begin(bytes = this.segmentBytes): Promise<void> {
    this.dueBytes = 0;
    this.capacity = Math.max(bytes, this.segmentBytes);
    this.preparing = this.make().finally(() => {
      this.preparing = null;
    });
    return this.preparing;
  }

  private async make(): Promise<void> {
    this.number += 1;
    const path = this.layout.prepared(this.number);
    const { prepared: smaller, capacity } = this;
    this.prepared = null;
    try {
      if (smaller !== null) await this.discard(smaller.file, smaller.path);
      await this.fill(path, capacity);
      this.foundNoSpace = false;
    } catch (error) {
      if (isLack(error)) {
        const refusal = lackError(error);
        this.foundNoSpace = refusal.code === 'STORAGE_FULL';
        // The next try has a file of its own, and the next start removes this one.
        await this.files.remove(path).catch(() => undefined);
        throw refusal;
      }
      this.onFailure(asError(error));
      throw error;
    }
  }

  private async fill(path: string, capacity: number): Promise<void> {
    const file = await this.files.open(path, 'create', { isDurable: true });
    try {
      for (let at = 0; at < capacity && !this.isStopped;) {
        if (this.dueBytes <= at) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        const pieces = Math.min(Math.ceil((this.dueBytes - at) / ZEROS.length), MAX_PIECES);
        const zeros = zerosOf(Math.min(capacity - at, ZEROS.length * pieces));
        await writeAll(file, zeros, at);
        at += zeros.reduce((sum, { length }) => sum + length, 0);
      }
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    if (this.isStopped) await this.discard(file, path);
    else this.prepared = { path, file, capacity };
  }

  private async discard(file: OpenFile, path: string): Promise<void> {
    await file.close();
    await this.files.remove(path);
  }
}

function zerosOf(bytes: number): Buffer[] {
  const pieces = Array.from({ length: Math.floor(bytes / ZEROS.length) }, () => ZEROS);
  return bytes % ZEROS.length === 0 ? pieces : [...pieces, ZEROS.subarray(0, bytes % ZEROS.length)];
}
