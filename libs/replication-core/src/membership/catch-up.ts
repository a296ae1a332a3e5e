/** When a joining node has caught up and becomes a member. */

/** Records a joining node may be behind: what is under way anyhow while others write. */
export const CAUGHT_UP_RECORDS = 1_000;

/**
 * Everything committed has to be there, because a member's promise vouches for it; the rest may be under way. Waiting
 * for no lag at all would keep a node out for as long as somebody writes.
 */
export function hasCaughtUp(acknowledged: number, committed: number, lastIndex: number): boolean {
  return acknowledged > 0 && acknowledged >= committed && lastIndex - acknowledged <= CAUGHT_UP_RECORDS;
}
