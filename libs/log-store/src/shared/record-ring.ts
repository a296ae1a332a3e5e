/**
 * The newest records, as the blocks in which they were appended. Links and tails read new records here, without the disk
 * and mostly without a copy. The ring is bounded by bytes, but it never evicts a block that is not durable: nowhere else
 * can that block be read.
 *
 * Small blocks are copied into larger slabs of memory, where adjacent ones become one block. A hundred thousand buffers of
 * a few hundred bytes cost several times their content, and cost again in every garbage collection.
 */
import type { LogPosition } from '@replog/contracts/record.js';
import { firstWhere } from '@replog/contracts/first-where.js';
import { LOG_START, RecordKind, recordIndex, recordKind, recordLength, recordSeq } from '@replog/contracts/record.js';
import type { ReadRange } from '../log-store.port.js';

interface Block {
  readonly bytes: Buffer;
  readonly firstIndex: number;
  readonly last: LogPosition;
}

/** Memory for small blocks; `end` is where the next one goes. */
interface Slab {
  readonly bytes: Buffer;
  end: number;
}

const SLAB_BYTES = 64 * 1024;
/** Larger blocks are not copied. An eighth of a slab, so that little is wasted at its end. */
const MAX_COPIED_BYTES = 8 * 1024;

/** Evicted blocks leave empty slots at the front of the array; after so many the array is compacted. */
const MAX_IDLE_SLOTS = 1024;

export const NO_RECORDS = Buffer.alloc(0);

/** Fills the slot of an evicted block, so that its memory can be collected at once. */
const LET_GO: Block = { bytes: NO_RECORDS, firstIndex: 0, last: LOG_START };

export class RecordRing {
  private blocks: Block[] = [];
  /** Slot of the oldest block. The slots before it are empty. */
  private head = 0;
  private heldBytes = 0;
  private slab: Slab = { bytes: NO_RECORDS, end: 0 };

  /** `start`: the position that the first block follows. */
  constructor(private start: LogPosition) {}

  /** The position before the oldest record in the ring. */
  get before(): LogPosition {
    return this.start;
  }

  get last(): LogPosition {
    return this.blocks.length > this.head ? this.block(this.blocks.length - 1).last : this.start;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  push(bytes: Buffer, last: LogPosition): void {
    this.heldBytes += bytes.length;
    const firstIndex = recordIndex(bytes, 0);
    if (bytes.length > MAX_COPIED_BYTES) this.blocks.push({ bytes, firstIndex, last });
    else this.pushCopy(bytes, firstIndex, last);
  }

  private pushCopy(bytes: Buffer, firstIndex: number, last: LogPosition): void {
    if (bytes.length > this.slab.bytes.length - this.slab.end) {
      this.slab = { bytes: Buffer.allocUnsafeSlow(SLAB_BYTES), end: 0 };
    }
    const { slab } = this;
    const from = slab.end;
    slab.end += bytes.copy(slab.bytes, from);
    const newest = this.blocks.length > this.head ? this.block(this.blocks.length - 1) : null;
    const continues =
      newest?.bytes.buffer === slab.bytes.buffer && newest.bytes.byteOffset + newest.bytes.length === from;
    if (newest === null || !continues) {
      this.blocks.push({ bytes: slab.bytes.subarray(from, slab.end), firstIndex, last });
      return;
    }
    const all = slab.bytes.subarray(newest.bytes.byteOffset, slab.end);
    this.blocks[this.blocks.length - 1] = { bytes: all, firstIndex: newest.firstIndex, last };
  }

  /** Evicts the oldest durable blocks until the ring has at most `maxBytes`. */
  evict(maxBytes: number, durableIndex: number): void {
    while (this.heldBytes > maxBytes && this.head < this.blocks.length) {
      const oldest = this.block(this.head);
      if (oldest.last.index > durableIndex) break;
      this.heldBytes -= oldest.bytes.length;
      this.start = oldest.last;
      this.blocks[this.head] = LET_GO;
      this.head += 1;
    }
    if (this.head > MAX_IDLE_SLOTS && this.head * 2 > this.blocks.length) {
      this.blocks = this.blocks.slice(this.head);
      this.head = 0;
    }
  }

  /** Whole records from `fromIndex` on; `null` if the ring no longer has that record. */
  read(fromIndex: number, range: ReadRange): Buffer | null {
    if (fromIndex <= this.start.index) return null;
    const upTo = Math.min(range.upTo ?? Infinity, this.last.index);
    if (fromIndex > upTo) return NO_RECORDS;
    const parts: Buffer[] = [];
    let room = range.maxBytes;
    let next = fromIndex;
    for (let slot = this.slotOf(fromIndex); next <= upTo; slot++) {
      const block = this.block(slot);
      const part = takeRecords(block, next, upTo, room, parts.length === 0);
      if (part.length === 0) break;
      parts.push(part);
      room -= part.length;
      if (part.byteOffset + part.length < block.bytes.byteOffset + block.bytes.length) break;
      next = block.last.index + 1;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** The index of message `seq`; `null` if the ring does not have it. */
  indexOf(seq: number): number | null {
    if (seq <= this.start.seq || seq > this.last.seq) return null;
    const { bytes } = this.block(this.search((block) => block.last.seq >= seq));
    let at = 0;
    while (recordSeq(bytes, at) !== seq || recordKind(bytes, at) !== RecordKind.Message) at += recordLength(bytes, at);
    return recordIndex(bytes, at);
  }

  private slotOf(index: number): number {
    return this.search((block) => block.last.index >= index);
  }

  /** The slot of the first block for which `holds` is true; it is true for all blocks after it. */
  private search(holds: (block: Block) => boolean): number {
    return firstWhere(this.head, this.blocks.length - 1, (at) => holds(this.block(at)));
  }

  private block(slot: number): Block {
    return this.blocks[slot] as Block;
  }
}

function takeRecords(block: Block, fromIndex: number, upTo: number, room: number, isFirst: boolean): Buffer {
  const { bytes } = block;
  const isWhole = fromIndex === block.firstIndex && upTo >= block.last.index && bytes.length <= room;
  if (isWhole) return bytes;
  let from = 0;
  for (let index = block.firstIndex; index < fromIndex; index++) from += recordLength(bytes, from);
  let to = from;
  for (let index = fromIndex; to < bytes.length && index <= upTo; index++) {
    const length = recordLength(bytes, to);
    const mustTake = isFirst && to === from;
    if (to + length - from > room && !mustTake) break;
    to += length;
  }
  return bytes.subarray(from, to);
}
