/** Exponential backoff with jitter: the pause in milliseconds before try number `attempt` (0, 1, 2 …). */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** `chance` in [0, 1) spreads many nodes over the second half of the step. The pause is never shorter than half of it. */
export function backoffMs(attempt: number, limits: BackoffLimits, chance: number): number {
  const step = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return step / 2 + (step / 2) * chance;
}
