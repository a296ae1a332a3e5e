/** The check that every store makes before it takes a block of records. */
import type { LogPosition } from '@replog/contracts/record.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import {
  continueChain,
  recordChain,
  recordCrc,
  recordIndex,
  recordLength,
  recordPosition,
} from '@replog/contracts/record.js';

/**
 * Returns the position after a block that follows `last`. Throws if the block is empty, ends within a record or does not
 * follow `last`: the caller has a bug, and the block would break the log. The caller has checked the checksums.
 */
export function checkFollows(block: Buffer, last: LogPosition): LogPosition {
  let at = 0;
  let index = last.index;
  let end = 0;
  while (at < block.length) {
    const length = block.length - at < RECORD_HEADER_BYTES ? 0 : recordLength(block, at);
    if (length < RECORD_HEADER_BYTES || length > block.length - at) {
      throw new Error(`a block to append ends within a record, at byte ${at} of ${block.length}`);
    }
    index += 1;
    if (recordIndex(block, at) !== index) {
      throw new Error(`a block to append has record ${recordIndex(block, at)} where ${index} belongs`);
    }
    end = at;
    at += length;
  }
  if (at === 0) throw new Error('a block to append has no record');
  if (continueChain(last.chain, recordCrc(block, 0)) !== recordChain(block, 0)) {
    throw new Error(`the chain of record ${last.index + 1} does not continue that of the log`);
  }
  return recordPosition(block, end);
}
