/** Times and sizes, with their relations. Times in milliseconds. */

/** How long an append waits for its write concern, unless it says otherwise. The nodes' own default is the same. */
export const CONCERN_TIMEOUT_MS = 30_000;

/**
 * A wait is asked for in slices of this length, so that a node which froze in the middle of a long wait is noticed. Each
 * slice goes on where the last one ended.
 */
export const WAIT_SLICE_MS = 5_000;

/** A node that has all it needs answers within this time, beyond the wait that was asked for. */
export const ANSWER_MS = 5_000;

/** How long a request is repeated that no node settles. */
export const PATIENCE_MS = 60_000;

/** A tail sends a comment after 15 seconds of silence, so a stream that is silent for longer than two of them is dead. */
export const STREAM_SILENCE_MS = 35_000;

/** The first pause of a node that failed is up to this; each further one doubles it, up to the most. */
export const FIRST_PAUSE_MS = 50;
export const MOST_PAUSE_MS = 2_000;

/** When a batch of `appendMany` is sent. Every node takes batches of this size, whatever its settings. */
export const BATCH_BYTES = 256 * 1024;
export const BATCH_WAIT_MS = 5;

/** Longest wait that the nodes take: one day. */
export const MOST_TIMEOUT_MS = 86_400_000;
