/** The term of a node that follows a master: accepts its link, and ends it. */
import type { Follower } from '../messages/follower.js';

export class SecondaryTerm {
  constructor(readonly follower: Follower) {}

  /** Ends the link; the master connects again. Resolves when the link no longer touches the log. */
  hangUp(reason: string): Promise<void> {
    return this.follower.hangUp(reason);
  }

  /** Accepts no further link. Idempotent. */
  end(): Promise<void> {
    return this.follower.close();
  }
}
