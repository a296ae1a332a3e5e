/**
 * When the pings of a master are due. They are planned a second at a time, because a scheduler calls once a second and
 * pings may be more frequent. A call that comes late, or not at all, moves the next ping by as much and never doubles
 * one.
 */

/** How far ahead one call plans: until the next call. */
export const PLAN_MS = 1_000;

export interface PingPlan {
  /** Milliseconds from now to each ping of the coming second. */
  readonly offsetsMs: readonly number[];
  /** When the first ping after that is due. */
  readonly nextMs: number;
}

/** `nextMs`: the value of the last plan; anything in the past if there was none. */
export function duePings(nextMs: number, nowMs: number, delayMs: number): PingPlan {
  const offsetsMs: number[] = [];
  let dueMs = Math.max(nextMs, nowMs);
  for (; dueMs < nowMs + PLAN_MS; dueMs += delayMs) offsetsMs.push(dueMs - nowMs);
  return { offsetsMs, nextMs: dueMs };
}
