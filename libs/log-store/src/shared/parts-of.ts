/**
 * Splits a block of whole records into parts of at most `maxBytes`; a larger record is a part of its own. Another node may
 * send more than a segment of this log takes at once.
 */
import { recordLength } from '@replog/contracts/record.js';

export function* partsOf(block: Buffer, maxBytes: number): Generator<Buffer> {
  // The usual case: there is nothing to split.
  if (block.length > 0 && block.length <= maxBytes) return yield block;
  let from = 0;
  for (let at = 0; at < block.length;) {
    const end = at + recordLength(block, at);
    if (end - from > maxBytes && at > from) {
      yield block.subarray(from, at);
      from = at;
    }
    at = end;
  }
  if (from < block.length) yield block.subarray(from);
}
