/**
 * Delta debugging (Zeller): a smaller set of items that still fails, until no single item can be left out. Big parts
 * go first, because each try costs a whole run.
 */

/** Answers which of the items took part when it happened; `null` where it did not happen with them. */
export type Try<Item> = (items: readonly Item[]) => Promise<readonly Item[] | null>;

export async function fewest<Item>(items: readonly Item[], attempt: Try<Item>): Promise<readonly Item[]> {
  if (items.length === 0 || (await attempt([])) !== null) return [];
  let left = items;
  for (let size = Math.ceil(left.length / 2); ;) {
    const before = left.length;
    for (let from = 0; from < left.length;) {
      const rest = [...left.slice(0, from), ...left.slice(from + size)];
      const needed = rest.length > 0 ? await attempt(rest) : null;
      if (needed === null) from += size;
      else left = needed;
    }
    if (size > 1) size = Math.ceil(Math.min(size, left.length) / 2);
    else if (left.length === before) return left;
  }
}

/** A number below `from` with which something still happens: by halves first, then nearer. */
export async function lowest(from: number, stillHappens: (number: number) => Promise<boolean>): Promise<number> {
  let least = from;
  for (const part of [1 / 2, 3 / 4, 7 / 8]) {
    for (let next = Math.floor(least * part); next >= 1; next = Math.floor(least * part)) {
      if (!(await stillHappens(next))) break;
      least = next;
    }
  }
  return least;
}
