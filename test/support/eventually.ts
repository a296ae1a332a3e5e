/** Waits for a condition by asking again and again, within a bound: never for a fixed time. */
const ASK_EVERY_MS = 20;

export interface Bound {
  readonly withinMs?: number;
  /** Longer than usual where asking costs something. */
  readonly everyMs?: number;
}

/** Resolves with the first result of `probe` that is not `undefined`, `null` or `false`. */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined | null | false> | Result | undefined | null | false,
  { withinMs = 20_000, everyMs = ASK_EVERY_MS }: Bound = {},
): Promise<Result> {
  const endMs = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== null && result !== false) return result;
      last = result;
    } catch (error) {
      last = error;
    }
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what} (last: ${String(last)})`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
