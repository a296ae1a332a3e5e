/** When a learner has caught up and becomes a member. */

/** Records that a learner may be behind: about what is in flight while clients write. */
export const CAUGHT_UP_RECORDS = 10_000;

/**
 * `neededIndex`: the index that the learner must have, because a majority may depend on it. A node that replaces a lost
 * incarnation needs everything that is committed. A node with a new id needs nothing yet: every majority with it shares a
 * member with every majority without it. It need not be without lag either, because a slow node would then never become a
 * member while clients write.
 */
export function hasCaughtUp(acknowledged: number, neededIndex: number, lastIndex: number): boolean {
  return acknowledged > 0 && acknowledged >= neededIndex && lastIndex - acknowledged <= CAUGHT_UP_RECORDS;
}
