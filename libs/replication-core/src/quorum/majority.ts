/** The smallest number that is more than half of `members`. All members count, reachable or not. */
export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}

export function isMajority(count: number, members: number): boolean {
  return count >= majorityOf(members);
}

/**
 * The highest index that at least `count` nodes have, given the highest index of each node. Infinity for a `count` of 0, and
 * 0 for a `count` above the number of nodes.
 */
export function highestIndexHeldBy(count: number, held: readonly number[]): number {
  return indexHeldBy(count, highestFirst(held));
}

/** The same for indexes that `highestFirst` has sorted. */
export function indexHeldBy(count: number, held: readonly number[]): number {
  if (count <= 0) return Number.POSITIVE_INFINITY;
  return held[count - 1] ?? 0;
}

export function highestFirst(held: readonly number[]): number[] {
  return [...held].sort((left, right) => right - left);
}
