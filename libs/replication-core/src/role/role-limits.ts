/** Limits of the role machine. */

/** How long writes are held for a change of master, from its first sign. */
export const MASTER_CHANGE_LIMIT_MS = 2_000;

/** A deposed master waits this many pings before it polls again, so that its successor can win. */
export const DEPOSED_REST_PINGS = 3;

/**
 * Polls and campaigns of one promotion. After a transfer there is no way back to the old master, so one is not enough.
 */
export const PROMOTION_ATTEMPTS = 5;
