/** Gets reports of damaged records that a read has found. A secondary fetches the record again; a master reports it. */
import type { CorruptRecordError } from './log-store.port.js';

export const DAMAGE_REPORTER = Symbol('DAMAGE_REPORTER');

/** How a damaged record was found. */
export type FoundBy =
  | 'by a read'
  | 'by a request'
  | 'on send'
  | 'on receipt'
  | 'on taking over a log'
  | 'by a campaign'
  | 'by the scrub'
  | 'by the comparison of chains';

export interface DamageReporter {
  /** Called once for every read that met the damage; must not throw. */
  report(error: CorruptRecordError, foundBy: FoundBy): void;
}
