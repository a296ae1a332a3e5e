/** How many of `members` are more than half of them. Counted over all members, reachable or not. */
export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}

export function isMajority(count: number, members: number): boolean {
  return count >= majorityOf(members);
}

/**
 * The highest index that at least `count` of the nodes have, given the index each has. `count` 0 asks nothing of
 * anybody and answers infinity; more than there are nodes can have nothing and answers 0.
 */
export function highestIndexHeldBy(count: number, held: readonly number[]): number {
  return indexHeldBy(count, highestFirst(held));
}

/** The same, of what is in the order of `highestFirst` already. */
export function indexHeldBy(count: number, held: readonly number[]): number {
  if (count <= 0) return Number.POSITIVE_INFINITY;
  return held[count - 1] ?? 0;
}

export function highestFirst(held: readonly number[]): number[] {
  return [...held].sort((left, right) => right - left);
}
