/** The end of the log: gives each record its place in the last segment, or in the one prepared after it. */
import { LOG_START, recordLength } from '@replog/contracts/record.js';
import type { NextSegment } from './next-segment.js';
import { Segment } from './segment.js';
import type { OpenSegment, SegmentWriter } from './segment-writer.js';

/** The next segment is made while the current one is filled from here … */
const NEXT_BEGINS = 1 / 4;
/** … to here. */
const NEXT_IS_READY = 7 / 8;

export class LogTail {
  /** In the order of their indexes; the last one takes records. Empty only before the first is prepared. */
  segments: Segment[] = [];
  /** The file of the last segment; `null` where there is none or the log is damaged. */
  private open: OpenSegment | null = null;

  constructor(
    private readonly next: NextSegment,
    private readonly writer: SegmentWriter,
  ) {}

  get isOpen(): boolean {
    return this.open !== null;
  }

  /** Goes on with these segments; `open` is the last of them. */
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

  /** A record never spans segments, so what is left of the last may be lost: all must fit in either of the two. */
  fits(bytes: number): boolean {
    return bytes <= (this.open?.segment.room ?? 0) || bytes <= (this.next.ready?.capacity ?? 0);
  }

  /** Takes a block that fits: into the last segment and, from the first record that does not fit there, the next. */
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

  /** A log that stays small does not pay for a second segment, and nobody waits for it where the disk is quick enough. */
  private prepareAhead(): void {
    const { end, capacity } = (this.open as OpenSegment).segment;
    const share = (end / capacity - NEXT_BEGINS) / (NEXT_IS_READY - NEXT_BEGINS);
    if (share > 0) this.next.keepUp(Math.min(share, 1));
  }
}

/** Where the records of `block` end that stand from `from` on and have `room` bytes at most. */
function endOfWhatFits(block: Buffer, from: number, room: number): number {
  if (block.length - from <= room) return block.length;
  let to = from;
  while (to + recordLength(block, to) - from <= room) to += recordLength(block, to);
  return to;
}
