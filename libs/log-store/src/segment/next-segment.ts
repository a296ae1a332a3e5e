/**
 * Prepares the segment after the current one, off the write path: a file of its full size, written with zeros, so that
 * later syncs touch data only, and so that a full disk is met here, where nothing was promised yet, and never by a
 * record that was taken.
 */
import { ReplogError } from '@replog/contracts';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { isOutOfSpace } from '../file-system.port.js';
import { asError } from '../shared/as-error.js';
import { writeAll } from '../shared/file-operations.js';
import type { LogLayout } from './layout.js';

/** Small enough that a durable write of records waiting behind it is held up little. */
const ZEROS = Buffer.alloc(256 * 1024);
/** So many of them in one write where records come so fast that they would have to wait for the segment itself. */
const HURRIED_PIECES = 16;

export interface PreparedSegment {
  readonly path: string;
  readonly file: OpenFile;
  readonly capacity: number;
}

export class NextSegment {
  private prepared: PreparedSegment | null = null;
  private preparing: Promise<void> | null = null;
  private isStopped = false;
  /** Is the one that is being prepared needed before long? */
  private isHurried = false;
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

  /** Begins, where nothing is prepared or being prepared. What comes of it is seen by `ready` and `prepare`. */
  start(): void {
    if (this.prepared === null && this.preparing === null && !this.isStopped) this.begin().catch(() => undefined);
  }

  /** The segment will be needed before long: the rest of it is made as fast as the disk can. */
  hurry(): void {
    this.start();
    this.isHurried = true;
  }

  /**
   * Resolves when a segment is ready, which somebody waits for. Rejects with STORAGE_FULL where there is no space; the next
   * call tries again.
   */
  prepare(): Promise<void> {
    if (this.prepared !== null || this.isStopped) return Promise.resolve();
    const preparing = this.preparing ?? this.begin();
    this.isHurried = true;
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
    await this.preparing?.catch(() => undefined);
    const { prepared } = this;
    this.prepared = null;
    if (prepared !== null) await this.discard(prepared.file, prepared.path);
  }

  private begin(): Promise<void> {
    this.isHurried = false;
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
        const zeros = zerosOf(Math.min(this.segmentBytes - at, ZEROS.length * (this.isHurried ? HURRIED_PIECES : 1)));
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
