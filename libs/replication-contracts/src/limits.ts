/**
 * Every bound of the protocol in one place. What an operator may set stands in the configuration; what stands
 * here is fixed, because both ends of a link or a file have to agree on it.
 */

/** Bytes before the key of a record: see `record.ts`. */
export const RECORD_HEADER_BYTES = 48;

/** Longest idempotency key, in characters; keys are printable ASCII, so also in bytes. */
export const MAX_KEY_LENGTH = 255;

/** Longest node id, in characters: it names a directory, so it stays well under what file systems allow. */
export const MAX_NODE_ID_LENGTH = 128;

/** Bytes one append frame aims at. A single larger record still travels alone. */
export const APPEND_FRAME_BYTES = 1024 * 1024;

/** Bytes a master sends to one secondary ahead of its acknowledgements. */
export const LINK_WINDOW_BYTES = 4 * 1024 * 1024;

/** Most bytes one write to the log gathers: the size of the largest group commit. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Recent records a node keeps in memory for links and tails that keep up. Who is further behind reads the segments, which
 * the system has in its own memory mostly. The sooner a record is let go the cheaper: one that gets old is collected
 * with the whole heap.
 */
export const RING_BYTES = 2 * 1024 * 1024;

/** Writes that may wait for their concern at one time on one master. */
export const MAX_WAITING_WRITES = 100_000;

/** Longest wait a client may ask for, in milliseconds: one day. */
export const MAX_TIMEOUT_MS = 86_400_000;

/** Largest page `limit` of a read; without a limit a read streams everything. */
export const MAX_READ_LIMIT = 1_000_000_000;

/** Removed incarnations a membership remembers, so that they stay out for good. */
export const MAX_REMOVED_REMEMBERED = 256;

/** Seconds a token between nodes is good for, and the clock difference between nodes it forgives. */
export const SERVICE_TOKEN_TTL_S = 60;
export const SERVICE_TOKEN_LEEWAY_S = 30;

/** By how much the epoch of an office that is taken by force exceeds every epoch heard of: room for those unheard of. */
export const FORCED_EPOCH_LEAP = 1_000;
