/** What the store knows about a segment file: where it begins and ends, and how to find a record in it. */
import type { LogPosition } from '@replog/contracts/record.js';
import { firstWhere } from '@replog/contracts/first-where.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import {
  RecordKind,
  readU64,
  recordIndex,
  recordKeyLength,
  recordKind,
  recordLength,
  recordPosition,
  recordSeq,
} from '@replog/contracts/record.js';
import { segmentFile } from './layout.js';

/** A reader passes at most about this many bytes to find a record. */
const SPARSE_GAP_BYTES = 16 * 1024;

export interface SparseEntry {
  readonly index: number;
  /** The seq before this record. Message `seq` is found from the last entry whose `seqBefore` is smaller. */
  readonly seqBefore: number;
  readonly position: number;
}

/** The positions of some records of a segment, one in every SPARSE_GAP_BYTES. */
export class SparseIndex {
  readonly entries: SparseEntry[] = [];

  /** The record at byte `position` needs an entry. */
  isDue(position: number): boolean {
    const newest = this.entries.at(-1);
    return newest === undefined || position - newest.position >= SPARSE_GAP_BYTES;
  }

  note(index: number, seqBefore: number, position: number): void {
    this.entries.push({ index, seqBefore, position });
  }

  /** The last entry at or before `index`. The segment must have `index`, so there is one for its first record at least. */
  beforeIndex(index: number): SparseEntry {
    return lastBefore(this.entries, (entry) => entry.index > index) as SparseEntry;
  }

  /** The last entry before message `seq`. The segment must have that message. */
  beforeSeq(seq: number): SparseEntry {
    return lastBefore(this.entries, (entry) => entry.seqBefore >= seq) as SparseEntry;
  }
}

/** What memory keeps of a segment until its index and key files are written. */
export interface SegmentContents {
  readonly sparse: SparseIndex;
  /** By idempotency key, the index of its newest record. */
  readonly keys: Map<string, number>;
}

export class Segment {
  /** The position after the last record of this segment. */
  last: LogPosition;
  /** Bytes of its records. */
  end = 0;
  /** Index of the newest membership record in this segment; 0 without one. */
  membershipIndex = 0;
  /** `null` once the segment is sealed: its index and key files have the contents then. */
  contents: SegmentContents | null = { sparse: new SparseIndex(), keys: new Map() };

  constructor(
    readonly firstIndex: number,
    /** The position before the first record. */
    readonly before: LogPosition,
    /** Bytes of the file. */
    readonly capacity: number,
  ) {
    this.last = before;
  }

  get room(): number {
    return this.capacity - this.end;
  }

  get name(): string {
    return segmentFile(this.firstIndex);
  }

  /** Adds the records in `bytes` from `from` to before `to`, one at least, as the next of this segment. */
  note(bytes: Buffer, from: number, to: number): void {
    let lastAt = from;
    for (let at = from; at < to; at += recordLength(bytes, at)) {
      this.noteRecord(bytes, at, this.end + at - from);
      lastAt = at;
    }
    this.last = recordPosition(bytes, lastAt);
    this.end += to - from;
  }

  private noteRecord(bytes: Buffer, at: number, position: number): void {
    // A segment that takes records is not sealed.
    const contents = this.contents as SegmentContents;
    const kind = recordKind(bytes, at);
    if (kind === RecordKind.Membership) this.membershipIndex = recordIndex(bytes, at);
    if (contents.sparse.isDue(position)) {
      const seq = recordSeq(bytes, at);
      contents.sparse.note(recordIndex(bytes, at), kind === RecordKind.Message ? seq - 1 : seq, position);
    }
    const keyLength = recordKeyLength(bytes, at);
    if (keyLength === 0) return;
    const keyAt = at + RECORD_HEADER_BYTES;
    contents.keys.set(bytes.toString('latin1', keyAt, keyAt + keyLength), recordIndex(bytes, at));
  }
}

/** The newest segment that begins at or before `index`. */
export function segmentWith(segments: readonly Segment[], index: number): Segment | null {
  return lastBefore(segments, (segment) => segment.firstIndex > index) ?? null;
}

/** The newest segment that begins before message `seq`. The log must have that message. */
export function segmentWithSeq(segments: readonly Segment[], seq: number): Segment {
  return lastBefore(segments, (segment) => segment.before.seq >= seq) as Segment;
}

/** The last item for which `isBeyond` is false. It must be true for every item after that one. */
function lastBefore<Item>(items: readonly Item[], isBeyond: (item: Item) => boolean): Item | undefined {
  return items[firstWhere(0, items.length, (at) => isBeyond(items[at] as Item)) - 1];
}

/** Reads a position as index files store it: index, seq, epoch, chain. */
export function readPosition(bytes: Buffer, at: number): LogPosition {
  return {
    index: readU64(bytes, at),
    seq: readU64(bytes, at + 8),
    epoch: bytes.readUInt32LE(at + 16),
    chain: bytes.readUInt32LE(at + 20),
  };
}
