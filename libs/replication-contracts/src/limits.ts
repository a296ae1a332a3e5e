/**
 * The fixed limits of the protocol: both ends of a link or a file must agree on them. Limits that an operator may change
 * are in the configuration.
 */

/** Bytes before the key of a record: see `record.ts`. */
export const RECORD_HEADER_BYTES = 48;

/** Longest idempotency key, in characters. Keys are printable ASCII, so this is also its length in bytes. */
export const MAX_KEY_LENGTH = 255;

/** Longest node id, in characters. It names a directory, so it stays well below the limits of file systems. */
export const MAX_NODE_ID_LENGTH = 128;

/** Most characters of a cluster id or an incarnation. */
export const MAX_ID_LENGTH = 64;

/** An epoch is a u32 on disk and on the link. */
export const MAX_EPOCH = 0xffff_ffff;

/** Target size of an append frame, in bytes. A larger single record is sent in a frame of its own. */
export const APPEND_FRAME_BYTES = 1024 * 1024;

/** Bytes that a master may have sent to one secondary without an acknowledgement. */
export const LINK_WINDOW_BYTES = 4 * 1024 * 1024;

/** Most bytes in one write to the log: the largest group commit. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Upper limit of MAX_MESSAGE_BYTES: no message is larger, whatever that setting was when a log took it. */
export const MOST_MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * Most bytes of records that one node sends another at once: a batch, or one record that is longer. MAX_MESSAGE_BYTES limits
 * what clients send; what is stored has to pass between nodes, however low that setting is by now.
 */
export const MAX_BLOCK_BYTES = MOST_MESSAGE_BYTES + MAX_BATCH_BYTES;

/**
 * Bytes of recent records in memory, for links and tails that keep up. Slower readers read the segment files, which are
 * mostly in the page cache. A small ring is cheaper: a record that stays long moves to the old generation of the heap,
 * where collecting it costs more.
 */
export const RING_BYTES = 2 * 1024 * 1024;

/** Most writes that may wait for their concern on one master at one time. */
export const MAX_WAITING_WRITES = 100_000;

/** Longest timeout a client may ask for, in milliseconds: one day. */
export const MAX_TIMEOUT_MS = 86_400_000;

/** Largest `limit` of a read, in messages. A read without a limit streams everything. */
export const MAX_READ_LIMIT = 1_000_000_000;

/** The longest pause of automatic failover: a day. Without failover nobody replaces a dead master. */
export const MAX_PAUSE_MINUTES = 24 * 60;

/** Most removed incarnations that a membership record lists, so that they cannot join again. */
export const MAX_REMOVED_REMEMBERED = 256;

/** Seconds for which a token between nodes is valid, and the clock difference in seconds that is tolerated. */
export const SERVICE_TOKEN_TTL_S = 60;
export const SERVICE_TOKEN_LEEWAY_S = 30;

/** The same for the token that opens a live tail. It stands in a URL, so it is good for minutes and not for hours. */
export const TAIL_TOKEN_TTL_S = 300;

/** How far a forced election raises the epoch above every known one: missing members may have seen higher epochs. */
export const FORCED_EPOCH_LEAP = 1_000;
