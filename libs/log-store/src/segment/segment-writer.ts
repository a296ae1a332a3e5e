/**
 * The one loop that writes. Records that are taken during a write go into the next one, so batches grow with the load and no
 * timer delays a record. A lack of space, descriptors or memory passes: the same records are written again, as a whole.
 * Any other failure is final: after a failed sync the content of the disk is unknown, and another try could report success
 * for bytes that are lost.
 */
import type { Clock } from '@replog/contracts/ports.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { ReplogError } from '@replog/contracts/errors.js';
import { MAX_BATCH_BYTES } from '@replog/contracts/limits.js';
import { recordLength, setRecordBatchOffset } from '@replog/contracts/record.js';
import type { FileSystem, OpenDirectory, OpenFile } from '../file-system.port.js';
import { asError } from '../shared/as-error.js';
import { writeAll } from '../shared/file-operations.js';
import { RETRY_MS, isRepeatable, lackError } from '../shared/lack.js';
import { WritePace } from '../shared/write-pace.js';
import type { LogLayout } from './layout.js';
import type { Segment } from './segment.js';

/** Most buffers in one system call; more would be split and synced in parts. */
const MAX_BUFFERS = 1024;

/** A segment that takes records. Its file is open, and a write to it is durable when it resolves. */
export interface OpenSegment {
  readonly segment: Segment;
  readonly file: OpenFile;
  /** The path of the prepared file; `null` once it has the name of its segment. */
  temporaryPath: string | null;
}

/** Whole records for one position in one segment. */
export interface PendingBlock {
  readonly target: OpenSegment;
  readonly position: number;
  readonly bytes: Buffer;
  readonly last: LogPosition;
}

export interface Written {
  readonly last: LogPosition;
  readonly bytes: number;
  readonly syncMs: number;
}

export interface WriterEvents {
  onWritten(written: Written): void;
  /** The next segment gets its first write, so every record of this one is durable. */
  onLeft(left: OpenSegment): void;
  onFailure(error: Error): void;
}

export class SegmentWriter {
  private queue: PendingBlock[] = [];
  private running: Promise<void> | null = null;
  private hasFailed = false;
  private lacking: ReplogError | null = null;
  private readonly stopping = new AbortController();
  private readonly pace = new WritePace();

  constructor(
    private readonly files: FileSystem,
    private readonly layout: LogLayout,
    private readonly clock: Clock,
    private readonly events: WriterEvents,
    /** The segment of the last write. */
    private current: OpenSegment | null,
    /** Held open: a new segment must not wait for a descriptor once it has taken records. */
    private readonly directory: Pick<OpenDirectory, 'sync'>,
  ) {}

  add(block: PendingBlock): void {
    this.queue.push(block);
    this.running ??= this.run();
  }

  /** What the records that are taken wait for at the moment; `null` while they are written. */
  get lack(): ReplogError | null {
    return this.lacking;
  }

  /** From now on a lack is a failure: nobody waits for its end. */
  stop(): void {
    this.stopping.abort();
  }

  /** Resolves when nothing is left to write. Never rejects: failures go to `onFailure`. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Continues with this segment after a cut. No write may be in progress. */
  continueWith(current: OpenSegment | null): void {
    this.current = current;
  }

  private async run(): Promise<void> {
    try {
      // Everything that is appended in the same turn of the event loop goes with the first write.
      await Promise.resolve();
      while (this.queue.length > 0 && !this.hasFailed) {
        const batch = this.nextBatch();
        try {
          await this.writeBatch(batch);
          this.lacking = null;
        } catch (error) {
          await this.waitOut(error, batch);
        }
      }
    } catch (error) {
      this.hasFailed = true;
      this.queue = [];
      this.events.onFailure(asError(error));
    } finally {
      this.running = null;
    }
  }

  /** Waits after a lack; throws any other error. Nothing of the batch was reported, so its write begins anew. */
  private async waitOut(error: unknown, batch: readonly PendingBlock[]): Promise<void> {
    const { signal } = this.stopping;
    if (!isRepeatable(error) || signal.aborted) throw error;
    this.lacking = lackError(error);
    this.queue.unshift(...batch);
    await this.clock.sleep(RETRY_MS, signal);
  }

  /** The oldest blocks of one segment, as many as one write takes. */
  private nextBatch(): PendingBlock[] {
    const { target } = this.queue[0] as PendingBlock;
    let bytes = 0;
    let count = 0;
    for (const block of this.queue) {
      bytes += block.bytes.length;
      if (block.target !== target || count === MAX_BUFFERS || (count > 0 && bytes > MAX_BATCH_BYTES)) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async writeBatch(batch: PendingBlock[]): Promise<void> {
    const { target, position } = batch[0] as PendingBlock;
    if (target !== this.current) await this.moveTo(target);
    const bytes = markBatch(batch, position);
    const buffers = batch.map((block) => block.bytes);
    const startedMs = this.clock.nowMs();
    await writeAll(target.file, buffers, position, { mayBlock: this.pace.isQuick(bytes) });
    const syncMs = this.clock.nowMs() - startedMs;
    this.pace.note(syncMs);
    const { last } = batch.at(-1) as PendingBlock;
    this.events.onWritten({ last, bytes, syncMs });
  }

  /** Gives the prepared file its name, durably, before the first record goes into it. */
  private async moveTo(target: OpenSegment): Promise<void> {
    if (target.temporaryPath !== null) {
      await this.files.rename(target.temporaryPath, this.layout.segment(target.segment.firstIndex));
      target.temporaryPath = null;
    }
    await this.directory.sync();
    const left = this.current;
    this.current = target;
    if (left !== null) this.events.onLeft(left);
  }
}

/** Notes in every record how far back its write begins, to tell a torn tail from damage. Returns the bytes of all records. */
function markBatch(batch: readonly PendingBlock[], start: number): number {
  let end = start;
  for (const { bytes, position } of batch) {
    for (let at = 0; at < bytes.length; at += recordLength(bytes, at)) {
      setRecordBatchOffset(bytes, at, position + at - start);
    }
    end = position + bytes.length;
  }
  return end - start;
}
