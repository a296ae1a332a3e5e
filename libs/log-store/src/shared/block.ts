/** Checks on blocks of whole records that every store makes before it takes one. */
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
 * The position after a block that follows `last`. Throws where the block is empty, cut, or does not follow: its caller
 * is wrong, and taking it would break the log. The checksums were checked where the block came from.
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
    throw new Error(`the chain of record ${last.index + 1} does not continue the log's`);
  }
  return recordPosition(block, end);
}
