/** Shares items among lanes; each takes the next one when it is free. Results come in the order of the items. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  lanes: readonly ((item: Item) => Promise<Result>)[],
): AsyncGenerator<Result> {
  /** By place, once they are settled. */
  const settled = new Map<number, Promise<Result>>();
  let next = 0;
  let wake: () => void = () => undefined;
  const follow = async (lane: (item: Item) => Promise<Result>): Promise<void> => {
    while (next < items.length) {
      const place = next++;
      const result = lane(items[place] as Item);
      await Promise.allSettled([result]);
      settled.set(place, result);
      wake();
    }
  };
  for (const lane of lanes) void follow(lane);
  try {
    for (let place = 0; place < items.length; place++) {
      while (!settled.has(place)) await new Promise<void>((resolve) => (wake = resolve));
      const result = settled.get(place) as Promise<Result>;
      settled.delete(place);
      yield await result;
    }
  } finally {
    // A consumer that stops early starts no further items.
    next = items.length;
  }
}
