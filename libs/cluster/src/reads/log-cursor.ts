/**
 * Reads a log in blocks of whole records. It notices a cut of the log (a secondary follows a new master): each block
 * must continue the chain of the block before. Otherwise a reader would get parts of two histories.
 */
import {
  continueChain,
  recordChain,
  recordCrc,
  recordIndex,
  recordLength,
  recordSeq,
} from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

/** Bytes of records per read: the most of the log that a reader holds, except for a single larger record. */
export const READ_BLOCK_BYTES = 256 * 1024;

/** Where a cursor gets its blocks: from the log, or from a cache shared by many readers. */
export interface BlockSource {
  /** As `LogStore.read`. */
  read(fromIndex: number, options: { maxBytes: number; upTo: number }): Promise<Buffer>;
}

/** The log no longer continues what a cursor has returned. */
export class LogCutError extends Error {
  override readonly name = 'LogCutError';
}

export class LogCursor {
  /** Chain of the last record returned; `null` before the first. */
  private chain: number | null = null;

  constructor(
    private readonly source: BlockSource,
    /** The next record to return. */
    private nextIndex: number,
    /** The reader has every message up to this one when it begins. */
    private readonly afterSeq: number,
  ) {}

  /** Where a reader begins that has every message up to `afterSeq`. Records of earlier messages may still follow. */
  static async after(store: LogStore, afterSeq: number, source: BlockSource = store): Promise<LogCursor> {
    const { index, seq } = store.last;
    if (afterSeq >= seq) return new LogCursor(source, index + 1, afterSeq);
    return new LogCursor(source, (await store.indexOf(afterSeq + 1)) ?? store.firstIndex, afterSeq);
  }

  /**
   * The next block, up to `upTo` (an index that the log has reached); `null` if everything up to there was returned.
   * Throws LogCutError if the log was cut, so that a shorter log does not look complete.
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
      (this.chain === null
        ? recordSeq(block, 0) <= this.afterSeq + 1
        : continueChain(this.chain, recordCrc(block, 0)) === recordChain(block, 0));
    if (!isContinued) throw new LogCutError('the log was cut before the next record of a reader');
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
