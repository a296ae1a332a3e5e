/**
 * When a master's pings fall due. They are planned a second at a time, because that is how often a scheduler calls; between
 * two pings may be less. A call that comes late, or not at all, moves the next ping by as much and never doubles one.
 */

/** How far ahead one call plans: until the next comes. */
export const PLAN_MS = 1_000;

export interface PingPlan {
  /** Milliseconds from now to each ping of the coming second. */
  readonly offsetsMs: readonly number[];
  /** When the first one after that is due. */
  readonly nextMs: number;
}

/** `nextMs`: as the last plan said; anything in the past where there was none. */
export function duePings(nextMs: number, nowMs: number, delayMs: number): PingPlan {
  const offsetsMs: number[] = [];
  let dueMs = Math.max(nextMs, nowMs);
  for (; dueMs < nowMs + PLAN_MS; dueMs += delayMs) offsetsMs.push(dueMs - nowMs);
  return { offsetsMs, nextMs: dueMs };
}
