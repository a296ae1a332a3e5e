/** What a read asks for. */
import { MEDIA } from '@replog/contracts/http.js';
import type { ReadConcern } from '@replog/contracts/views.js';

export const READ_FORMATS = [MEDIA.json, MEDIA.ndjson, MEDIA.eventStream] as const;
export type ReadFormat = (typeof READ_FORMATS)[number];

export const READ_CONCERNS: readonly ReadConcern[] = ['local', 'majority', 'linearizable'];

export interface ReadQuery {
  readonly format: ReadFormat;
  /** Only messages with a higher seq. */
  readonly afterSeq: number;
  /** Epoch of the message `afterSeq`; `null` if the client does not say, and takes any history. */
  readonly afterEpoch: number | null;
  /** Most messages to return; `Infinity` without a limit. */
  readonly limit: number;
  readonly concern: ReadConcern;
}
