/** The terms of a node as master and as secondary. The runner of the role machine begins and ends them. */
import type { ReplogError } from '@replog/contracts/errors.js';

export interface TermStart {
  readonly epoch: number;
  /** Index of the durable record with which the term begins. */
  readonly epochStartIndex: number;
}

export interface RunningMasterTerm {
  /**
   * Stops writes at once, makes appended records durable, answers waiting writes `pending`, closes the links. Resolves when
   * this term no longer touches the log. `because`: the refusal for later writes.
   */
  end(because: ReplogError): Promise<void>;
}

export interface RunningSecondaryTerm {
  /** Ends the link; the master connects again. */
  hangUp(reason: string): Promise<void>;
  /** Stops registering and accepting links. Resolves when the role no longer touches the log. */
  end(): Promise<void>;
}

/** Each role is in force when its method returns. */
export interface Terms {
  beginMaster(start: TermStart): RunningMasterTerm;
  beginSecondary(): RunningSecondaryTerm;
}
