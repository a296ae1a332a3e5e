/** What this node is and does while it follows a master: takes its link, and ends it. */
import type { Follower } from '../messages/follower.js';

export class SecondaryTerm {
  constructor(readonly follower: Follower) {}

  /** Hangs up; the master connects again when it sees fit. Resolves once nothing of the link touches the log. */
  hangUp(reason: string): Promise<void> {
    return this.follower.hangUp(reason);
  }

  /** Takes no link any more. Idempotent. */
  end(): Promise<void> {
    return this.follower.close();
  }
}
