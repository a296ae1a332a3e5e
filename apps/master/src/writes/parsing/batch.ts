/** A batch that was validated: its messages as they will be written, and one by one where their keys have to be looked up. */
import { draftsOf } from '../../replication/drafts.js';
import type { Drafts, NewMessage } from '../../replication/drafts.js';

export interface BatchLine extends NewMessage {
  /** Number of the line in the body, from 1, blank lines counted. */
  readonly line: number;
}

export interface Batch {
  /** One message at least. */
  readonly drafts: Drafts;
  /** Every line by itself; `null` where none of them has a key, and so none can be there already. */
  readonly keyed: readonly BatchLine[] | null;
}

export function batchOf(lines: readonly BatchLine[]): Batch {
  return { drafts: draftsOf(lines), keyed: lines.some(({ key }) => key !== null) ? lines : null };
}
