/** Exponential backoff with jitter: the pause before try number `attempt` (0, 1, 2 …), in milliseconds. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** `chance` in [0, 1). At least half of the step, so that a crowd spreads out and nobody hammers. */
export function backoffMs(attempt: number, limits: BackoffLimits, chance: number): number {
  const step = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return step / 2 + (step / 2) * chance;
}
