/** How a node begins a term. Both are in force on return: nothing is waited for between the decision and the term. */
import type { ReplogError } from '@replog/contracts/errors.js';

export interface RunningMasterTerm {
  /** No more writes, who waits hears `pending`, the links close. Idempotent. */
  end(because: ReplogError): Promise<void>;
}

export interface RunningSecondaryTerm {
  /** Hangs up on the master; it connects again when it sees fit. */
  hangUp(reason: string): Promise<void>;
  /** Takes no link any more; on return nothing of one touches the log. Idempotent. */
  end(): Promise<void>;
}

export interface Terms {
  /** `epochStartIndex`: the durable record with which the epoch begins. */
  beginMaster(start: { readonly epoch: number; readonly epochStartIndex: number }): RunningMasterTerm;
  beginSecondary(): RunningSecondaryTerm;
}
