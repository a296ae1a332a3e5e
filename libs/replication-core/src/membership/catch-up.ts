/** When a joining node has caught up and becomes a member. */

/** Records a joining node may be behind: what is under way anyhow while others write. */
export const CAUGHT_UP_RECORDS = 10_000;

/**
 * `vouchesUpTo`: what the node has to have, because its promise will vouch for it. A node that takes the place of an
 * incarnation that was lost vouches for everything committed; one under a new name for nothing yet, because every
 * majority with it shares a member with every majority without it. Waiting for no lag at all, or for what is committed
 * by now, would keep a slow node out for as long as somebody writes.
 */
export function hasCaughtUp(acknowledged: number, vouchesUpTo: number, lastIndex: number): boolean {
  return acknowledged > 0 && acknowledged >= vouchesUpTo && lastIndex - acknowledged <= CAUGHT_UP_RECORDS;
}
