/**
 * Walks a log in blocks of whole records. It notices where the log was cut under it (a secondary follows a new
 * master): what it would give next must continue the chain of what it gave before, or a reader would be shown half
 * of one history and half of another.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { continueChain, recordChain, recordCrc, recordIndex, recordLength } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

/** Bytes of records read at a time: the most a reader holds of the log, but for a single larger record. */
export const READ_BLOCK_BYTES = 256 * 1024;

/** Where a cursor has its blocks from: the log itself, or what stands in front of it for many readers. */
export interface BlockSource {
  /** As `LogStore.read`. */
  read(fromIndex: number, options: { maxBytes: number; upTo: number }): Promise<Buffer>;
}

export class LogCursor {
  /** Chain of the last record given; `null` before the first. */
  private chain: number | null = null;

  constructor(
    private readonly source: BlockSource,
    /** The record to give next. */
    private nextIndex: number,
  ) {}

  /** Where a reader begins who knows every message up to `afterSeq`. Records of earlier messages may still come. */
  static async after(store: LogStore, afterSeq: number, source: BlockSource = store): Promise<LogCursor> {
    const { index, seq } = store.last;
    if (afterSeq >= seq) return new LogCursor(source, index + 1);
    return new LogCursor(source, (await store.indexOf(afterSeq + 1)) ?? store.firstIndex);
  }

  /**
   * The next block, nothing in it beyond `upTo`, an index the log has reached; `null` where all up to there was given.
   * Throws ReplogError NOT_READY where the log was cut: less than was there must not pass for all there is.
   */
  async next(upTo: number): Promise<Buffer | null> {
    if (this.nextIndex > upTo) return null;
    const block = await this.source.read(this.nextIndex, { maxBytes: READ_BLOCK_BYTES, upTo });
    this.follow(block);
    return block;
  }

  private follow(block: Buffer): void {
    const isContinued =
      block.length > 0 &&
      recordIndex(block, 0) === this.nextIndex &&
      (this.chain === null || continueChain(this.chain, recordCrc(block, 0)) === recordChain(block, 0));
    if (!isContinued) {
      throw new ReplogError('NOT_READY', 'The log of this node was replaced by another history meanwhile: read again.');
    }
    const last = startOfLast(block);
    this.nextIndex = recordIndex(block, last) + 1;
    this.chain = recordChain(block, last);
  }
}

function startOfLast(block: Buffer): number {
  let at = 0;
  for (let end = recordLength(block, 0); end < block.length; end += recordLength(block, at)) at = end;
  return at;
}
