/**
 * Prepares the segment after the current one, off the write path: a file of its full size, written with zeros, so that
 * later syncs touch data only, and so that a full disk is met here, where nothing was promised yet, and never by a
 * record that was taken.
 *
 * It is made at the pace of the log. Made all at once it would keep the disk busy for most of a second, and every record
 * written meanwhile would wait behind it.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { isOutOfSpace } from '../file-system.port.js';
import { asError } from '../shared/as-error.js';
import { writeAll } from '../shared/file-operations.js';
import type { LogLayout } from './layout.js';

/** Small enough that a durable write of records waiting behind it is held up little. */
const ZEROS = Buffer.alloc(256 * 1024);
/** So many of them in one write, at most, where that is not fast enough. */
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
  /** How far the one that is being prepared is to be made by now. */
  private dueBytes = 0;
  /** Goes on with it: more is due. */
  private wake: () => void = () => undefined;
  /** Tells the temporary files of this run apart. */
  private number = 0;

  constructor(
    private readonly files: FileSystem,
    private readonly layout: LogLayout,
    private readonly segmentBytes: number,
    private readonly onFailure: (error: Error) => void,
  ) {}

  get ready(): PreparedSegment | null {
    return this.prepared;
  }

  /** Gives the prepared segment away. */
  take(): PreparedSegment {
    const taken = this.prepared;
    if (taken === null) throw new Error('no segment is prepared: append needs room');
    this.prepared = null;
    return taken;
  }

  /**
   * `share`, from 0 to 1, of the segment is to be there by now: begins it where there is none, and goes on with it. What
   * comes of it is seen by `ready` and `prepare`.
   */
  keepUp(share: number): void {
    if (this.prepared !== null || this.isStopped) return;
    if (this.preparing === null) this.begin().catch(() => undefined);
    this.need(share * this.segmentBytes);
  }

  /**
   * Resolves when a segment is ready, which somebody waits for. Rejects with STORAGE_FULL where there is no space; the next
   * call tries again.
   */
  prepare(): Promise<void> {
    if (this.prepared !== null || this.isStopped) return Promise.resolve();
    const preparing = this.preparing ?? this.begin();
    this.need(this.segmentBytes);
    return preparing;
  }

  /** The same, but a full disk is no failure: whoever wants to append will hear of it. */
  async prepareIfRoom(): Promise<void> {
    try {
      await this.prepare();
    } catch (error) {
      if (!(error instanceof ReplogError)) throw error;
    }
  }

  /** Ends preparing and removes what was prepared and not taken. */
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

  private begin(): Promise<void> {
    this.dueBytes = 0;
    this.preparing = this.make().finally(() => {
      this.preparing = null;
    });
    return this.preparing;
  }

  private async make(): Promise<void> {
    this.number += 1;
    const path = this.layout.prepared(this.number);
    try {
      await this.fill(path);
    } catch (error) {
      if (isOutOfSpace(error)) {
        await this.files.remove(path);
        throw new ReplogError(
          'STORAGE_FULL',
          `The disk has no room for another segment of ${this.segmentBytes} bytes: free some space, writing resumes by itself.`,
          { cause: error },
        );
      }
      this.onFailure(asError(error));
      throw error;
    }
  }

  private async fill(path: string): Promise<void> {
    const file = await this.files.open(path, 'create', { isDurable: true });
    try {
      for (let at = 0; at < this.segmentBytes && !this.isStopped;) {
        if (this.dueBytes <= at) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        const pieces = Math.min(Math.ceil((this.dueBytes - at) / ZEROS.length), MAX_PIECES);
        const zeros = zerosOf(Math.min(this.segmentBytes - at, ZEROS.length * pieces));
        await writeAll(file, zeros, at);
        at += zeros.reduce((sum, { length }) => sum + length, 0);
      }
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    if (this.isStopped) await this.discard(file, path);
    else this.prepared = { path, file, capacity: this.segmentBytes };
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
