/** What a load generator is asked for, and what it answers. */

export interface Load {
  /** Connections, each with one request under way at a time. */
  readonly clients: number;
  /** Messages a request. */
  readonly batch: number;
  readonly seconds: number;
  /** How many secondaries must have it. Peers know one way only, which their acknowledgement names. */
  readonly concern: 0 | 1 | 2;
}

export interface LoadResult {
  /** Requests that were answered. */
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Requests that were refused, broke off or took too long: a case with any of them proves little. */
  readonly failures: number;
}

export const MESSAGE_BYTES = 200;

/** What every contender stores. */
export const MESSAGE = 'm'.repeat(MESSAGE_BYTES);
