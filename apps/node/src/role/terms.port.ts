/** What a node is while it is master, and while it is secondary. Begun and ended by the runner of the role machine. */
import type { ReplogError } from '@replog/contracts/errors.js';

export interface TermStart {
  readonly epoch: number;
  /** Index of the durable record with which the term begins. */
  readonly epochStartIndex: number;
}

export interface RunningMasterTerm {
  /**
   * No more writes from the moment of the call; what was taken becomes durable; who waits hears `pending`; the links close.
   * Resolves when nothing of this term touches the log any more. `because` is what a write is told that comes too late.
   */
  end(because: ReplogError): Promise<void>;
}

export interface RunningSecondaryTerm {
  /** Ends the link to the master, which connects again when it sees fit. */
  hangUp(reason: string): Promise<void>;
  /** Neither registers nor takes a link any more. Resolves when nothing of it touches the log. */
  end(): Promise<void>;
}

/** On return the role is in force. */
export interface Terms {
  beginMaster(start: TermStart): RunningMasterTerm;
  beginSecondary(): RunningSecondaryTerm;
}
