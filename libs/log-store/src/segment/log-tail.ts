/** The end of the log: puts each record into the last segment, or into the segment prepared after it. */
import { LOG_START, recordLength } from '@replog/contracts/record.js';
import type { NextSegment } from './next-segment.js';
import { Segment } from './segment.js';
import type { OpenSegment, SegmentWriter } from './segment-writer.js';

/** The next segment is prepared while the current one fills from this share … */
const NEXT_BEGINS = 1 / 4;
/** … to this share. */
const NEXT_IS_READY = 7 / 8;

export class LogTail {
  /** In the order of their indexes; the last one takes records. Empty until the first record is taken. */
  segments: Segment[] = [];
  /** The file of the last segment; `null` if there is no segment or the log is damaged. */
  private open: OpenSegment | null = null;

  constructor(
    private readonly next: NextSegment,
    private readonly writer: SegmentWriter,
  ) {}

  get isOpen(): boolean {
    return this.open !== null;
  }

  /** Continues with these segments; `open` is the last of them. */
  startWith(segments: Segment[], open: OpenSegment | null): void {
    this.segments = segments;
    this.open = open;
    this.writer.continueWith(open);
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = null;
    await open?.file.close();
  }

  /** A record never spans two segments, so the rest of the last one may stay unused: one of the two must hold all. */
  fits(bytes: number): boolean {
    return bytes <= (this.open?.segment.room ?? 0) || bytes <= (this.next.ready?.capacity ?? 0);
  }

  /** Takes a block that fits: into the last segment, and from the first record that does not fit there into the next. */
  take(block: Buffer): void {
    for (let from = 0; from < block.length;) {
      const { open } = this;
      const to = open === null ? from : endOfWhatFits(block, from, open.segment.room);
      if (open === null || to === from) {
        this.open = this.roll();
        continue;
      }
      const position = open.segment.end;
      open.segment.note(block, from, to);
      const bytes = to - from === block.length ? block : block.subarray(from, to);
      this.writer.add({ target: open, position, bytes, last: open.segment.last });
      from = to;
    }
    this.prepareAhead();
  }

  private roll(): OpenSegment {
    const { path, file, capacity } = this.next.take();
    const before = this.segments.at(-1)?.last ?? LOG_START;
    const segment = new Segment(before.index + 1, before, capacity);
    this.segments.push(segment);
    return { segment, file, temporaryPath: path };
  }

  /** A small log needs no second segment. A growing one prepares it early enough that no write waits for it. */
  private prepareAhead(): void {
    const { end, capacity } = (this.open as OpenSegment).segment;
    const share = (end / capacity - NEXT_BEGINS) / (NEXT_IS_READY - NEXT_BEGINS);
    if (share > 0) this.next.keepUp(Math.min(share, 1));
  }
}

/** The end of the records of `block` from byte `from` on that fit into `room` bytes. */
function endOfWhatFits(block: Buffer, from: number, room: number): number {
  if (block.length - from <= room) return block.length;
  let to = from;
  while (to + recordLength(block, to) - from <= room) to += recordLength(block, to);
  return to;
}
