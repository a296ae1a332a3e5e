/** A validated batch: its messages as drafts, and line by line if keys have to be looked up. */
import { draftsOf } from '../../replication/drafts.js';
import type { Drafts, NewMessage } from '../../replication/drafts.js';

export interface BatchLine extends NewMessage {
  /** Number of the line in the body, from 1, blank lines counted. */
  readonly line: number;
}

export interface Batch {
  /** At least one message. */
  readonly drafts: Drafts;
  /** Every line; `null` if none has a key, so none can be a duplicate. */
  readonly keyed: readonly BatchLine[] | null;
}

export function batchOf(lines: readonly BatchLine[]): Batch {
  return { drafts: draftsOf(lines), keyed: lines.some(({ key }) => key !== null) ? lines : null };
}
