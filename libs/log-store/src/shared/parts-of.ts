/**
 * A block of whole records as parts of at most `maxBytes`, or of one record where that alone is larger: what another
 * node sent may be more than a segment of this log takes at once.
 */
import { recordLength } from '@replog/contracts/record.js';

export function* partsOf(block: Buffer, maxBytes: number): Generator<Buffer> {
  // As a rule: nothing to cut, and no need to look where.
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
