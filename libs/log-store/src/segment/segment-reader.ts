/** Reads whole records from one segment file, and checks each of them before it is returned. */
import { checkRecords } from '@replog/contracts/record-run.js';
import { recordIndex, recordLength } from '@replog/contracts/record.js';
import type { LogPosition, RecordFault } from '@replog/contracts/record.js';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { CorruptRecordError, READ_LEAD_BYTES } from '../log-store.port.js';
import { readUpTo } from '../shared/file-operations.js';
import { refuseVersion } from './refuse-newer.js';

/** Most bytes to read at once; a larger single record is still read as a whole. */
const MAX_CHUNK_BYTES = 4 * 1024 * 1024;

/** A file of records: its name for errors, and the byte at which its records end. */
export interface RecordFile {
  readonly name: string;
  readonly end: number;
}

/** Where a record begins in the file, in bytes. */
export interface RecordPlace {
  readonly index: number;
  readonly position: number;
  /** The position that the record follows, if it is known. Its chain is then checked as well. */
  readonly before?: LogPosition;
}

export interface SegmentRange {
  readonly fromIndex: number;
  /** The last index to read: not before `fromIndex`, durable, and in this segment. */
  readonly upTo: number;
  readonly maxBytes: number;
  /** See `ReadOptions`. */
  readonly memory?: Buffer | undefined;
}

/** Reads records from `fromIndex` on, searching from `entry`, a record at or before it. Throws CorruptRecordError. */
export async function readSegment(
  files: FileSystem,
  path: string,
  segment: RecordFile,
  entry: RecordPlace,
  range: SegmentRange,
): Promise<Buffer> {
  const file = await files.open(path, 'read');
  try {
    return await new RecordWalk(file, segment, entry, range).run();
  } finally {
    await file.close();
  }
}

class RecordWalk {
  /** Byte of the file where the chunk begins. */
  private base: number;
  private chunk: Buffer = Buffer.alloc(0);
  /** Byte of the chunk where record `index` is expected. */
  private at = 0;
  private index: number;
  private previous: LogPosition | null;

  constructor(
    private readonly file: OpenFile,
    private readonly segment: RecordFile,
    entry: RecordPlace,
    private readonly range: SegmentRange,
  ) {
    this.base = entry.position;
    this.index = entry.index;
    this.previous = entry.before ?? null;
  }

  async run(): Promise<Buffer> {
    const { fromIndex, maxBytes, upTo } = this.range;
    await this.load(Math.min(maxBytes, MAX_CHUNK_BYTES) + READ_LEAD_BYTES);
    for (;;) {
      const faultBefore = this.index < fromIndex ? this.pass(fromIndex - 1) : null;
      const start = this.at;
      const fault = faultBefore ?? this.pass(upTo, maxBytes);
      // Records before a damaged one are returned. The next read begins at the damaged one and throws.
      if (this.at > start) return this.chunk.subarray(start, this.at);
      if (fault !== null && !(await this.loadMore(fault))) this.throwDamage(fault);
    }
  }

  /** Passes good records up to `upTo`. Returns the fault of the next one; `null` at a bound. */
  private pass(upTo: number, maxBytes = Infinity): RecordFault | null {
    const { chunk, at, previous } = this;
    const { end, last, fault } = checkRecords(chunk, at, chunk.length, previous, { upTo, maxBytes });
    if (previous === null && end > at && recordIndex(chunk, at) !== this.index) return 'order';
    this.at = end;
    this.previous = last;
    if (last !== null) this.index = last.index + 1;
    if (fault !== null) return fault;
    return end === chunk.length && this.index <= upTo ? 'empty' : null;
  }

  /** Reads the next chunk if only the end of this one caused the fault; returns `false` otherwise. */
  private async loadMore(fault: RecordFault): Promise<boolean> {
    const isWholeChunkUsed = this.base + this.chunk.length >= this.segment.end;
    if ((fault !== 'short' && fault !== 'empty') || isWholeChunkUsed) return false;
    if (this.at === 0) {
      const length = recordLength(this.chunk, 0);
      if (length <= this.chunk.length || length > this.segment.end - this.base) return false;
      await this.load(length);
      return true;
    }
    this.base += this.at;
    this.at = 0;
    await this.load(Math.min(this.range.maxBytes, MAX_CHUNK_BYTES) + READ_LEAD_BYTES);
    return true;
  }

  private async load(bytes: number): Promise<void> {
    const length = Math.min(bytes, this.segment.end - this.base);
    this.chunk = await readUpTo(this.file, this.base, length, this.range.memory);
  }

  private throwDamage(fault: RecordFault): never {
    if (fault === 'version') refuseVersion(this.segment.name, this.chunk, this.at, this.base + this.at);
    throw new CorruptRecordError(this.segment.name, this.index, this.base + this.at, fault);
  }
}
