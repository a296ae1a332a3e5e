/** Finds and reads records: recent ones in the ring, older ones in the segment files. */
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';
import {
  LOG_START,
  RecordKind,
  decodeRecord,
  recordIndex,
  recordKind,
  recordLength,
  recordPosition,
  recordSeq,
} from '@replog/contracts/record.js';
import type { FileSystem } from '../file-system.port.js';
import type { ReadOptions, Verified } from '../log-store.port.js';
import type { RecordRing } from '../shared/record-ring.js';
import { NO_RECORDS } from '../shared/record-ring.js';
import type { DerivedFiles } from './derived-files.js';
import type { LogLayout } from './layout.js';
import type { Segment } from './segment.js';
import { segmentWith, segmentWithSeq } from './segment.js';
import type { SegmentRange } from './segment-reader.js';
import { readSegment } from './segment-reader.js';

/** Bytes per read in the search for a message: more than the gap between two entries of a sparse index. */
const SEARCH_BYTES = 32 * 1024;

/** The state of the store at the moment of the call. */
export interface LogState {
  segments(): readonly Segment[];
  ring(): RecordRing;
  durable(): LogPosition;
}

export class LogReader {
  constructor(
    private readonly files: FileSystem,
    private readonly layout: LogLayout,
    private readonly derived: DerivedFiles,
    private readonly state: LogState,
  ) {}

  async read(fromIndex: number, range: ReadOptions): Promise<Buffer> {
    const recent = this.state.ring().read(fromIndex, range);
    if (recent !== null) return recent;
    const segment = segmentWith(this.state.segments(), fromIndex);
    if (segment === null) throw new RangeError(`there is no record ${fromIndex}: it is before the log's first`);
    const upTo = Math.min(range.upTo ?? Infinity, segment.last.index, this.state.durable().index);
    if (fromIndex > upTo) return NO_RECORDS;
    return this.readFile(segment, { fromIndex, upTo, maxBytes: range.maxBytes, memory: range.memory });
  }

  /** Reads the segment file even if the ring has the records: only the file survives a restart. */
  async verify(fromIndex: number, maxBytes: number): Promise<Verified> {
    const durable = this.state.durable().index;
    if (fromIndex > durable) return { nextIndex: fromIndex, bytes: 0 };
    const segment = segmentWith(this.state.segments(), fromIndex);
    if (segment === null) throw new RangeError(`there is no record ${fromIndex}: it is before the log's first`);
    const upTo = Math.min(segment.last.index, durable);
    const block = await this.readFile(segment, { fromIndex, upTo, maxBytes });
    let nextIndex = fromIndex;
    for (let at = 0; at < block.length; at += recordLength(block, at)) nextIndex += 1;
    return { nextIndex, bytes: block.length };
  }

  async positionAt(index: number): Promise<LogPosition | null> {
    const { last } = this.state.ring();
    if (index === last.index) return last;
    if (index === 0) return LOG_START;
    const record = await this.recordAt(index);
    return record === null ? null : recordPosition(record, 0);
  }

  async indexOf(seq: number): Promise<number | null> {
    if (seq < 1 || seq > this.state.ring().last.seq) return null;
    const recent = this.state.ring().indexOf(seq);
    if (recent !== null) return recent;
    const segment = segmentWithSeq(this.state.segments(), seq);
    const entry = (await this.derived.sparseOf(segment)).beforeSeq(seq);
    for (let fromIndex = entry.index; ;) {
      const block = await this.read(fromIndex, { maxBytes: SEARCH_BYTES });
      for (let at = 0; at < block.length; at += recordLength(block, at)) {
        if (recordSeq(block, at) === seq && recordKind(block, at) === RecordKind.Message) return recordIndex(block, at);
        fromIndex = recordIndex(block, at) + 1;
      }
    }
  }

  /** Looks in the newest segment first, because a repeated key was mostly used a moment ago. */
  async findKey(key: string): Promise<LogRecord | null> {
    const segments = this.state.segments();
    for (let place = segments.length - 1; place >= 0; place--) {
      for (const index of await this.derived.candidates(segments[place] as Segment, key)) {
        const record = await this.decodeAt(index);
        if (record?.key === key) return record;
      }
    }
    return null;
  }

  async lastMembership(): Promise<LogRecord | null> {
    const newest = this.state.segments().findLast((segment) => segment.membershipIndex > 0);
    return newest === undefined ? null : this.decodeAt(newest.membershipIndex);
  }

  /**
   * Begins one record earlier if it can. The crc of a record does not cover its chain, so the first record is checked
   * against the one before it.
   */
  private async readFile(segment: Segment, range: SegmentRange): Promise<Buffer> {
    const { firstIndex, before } = segment;
    const entry = (await this.derived.sparseOf(segment)).beforeIndex(Math.max(firstIndex, range.fromIndex - 1));
    const place = entry.index === firstIndex ? { ...entry, before } : entry;
    return readSegment(this.files, this.layout.segment(firstIndex), segment, place, range);
  }

  private async decodeAt(index: number): Promise<LogRecord | null> {
    const record = await this.recordAt(index);
    return record === null ? null : decodeRecord(record, 0);
  }

  private async recordAt(index: number): Promise<Buffer | null> {
    const first = this.state.segments()[0]?.firstIndex ?? Infinity;
    if (index < first || index > this.state.ring().last.index) return null;
    return this.read(index, { maxBytes: 1 });
  }
}
