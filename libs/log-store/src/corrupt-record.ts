import { ReplogError } from '@replog/contracts/errors.js';
import type { LogDamage } from './segment/open-segment-log.js';

/** The error names the record, so that the client can ask another node. */
export function corruptRecord(error: LogDamage): ReplogError {
  const { segment, index } = error;
  const sentence = `Record ${index} in segment ${segment} of this node is damaged on disk: read from another node.`;
  return new ReplogError('CORRUPT_RECORD', sentence, { extra: { segment, index }, cause: error });
}
