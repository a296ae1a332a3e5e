/**
 * The port of the log. Two implementations, `segment` (files) and `memory`, pass one conformance suite. A store knows
 * records, order and durability. It knows nothing of masters, clients or the meaning of epochs.
 *
 * Taking and syncing are two steps. `append` takes whole records in order, and they can be read at once, to be sent. One
 * sync then serves everything that was taken during the sync before it (group commit).
 */
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';

/** Bytes that a read from a file needs beyond `maxBytes`, to get to the first record. */
export const READ_LEAD_BYTES = 20 * 1024;

export interface ReadRange {
  /** Most bytes to return; one record is returned even if it is larger. */
  readonly maxBytes: number;
  /** The last index to return. Default: `last.index`. */
  readonly upTo?: number;
}

export interface ReadOptions extends ReadRange {
  /**
   * Memory for a read from a file, so that a read allocates none. The result may be a view of it, which is valid until
   * the memory is passed again. It needs `maxBytes` + READ_LEAD_BYTES; smaller memory is not used.
   */
  readonly memory?: Buffer;
}

export interface LogStore {
  /** The first index in the log; 1 if nothing was removed at its start. `last.index + 1` when the log is empty. */
  readonly firstIndex: number;
  /** The position after the last record taken, durable or not. */
  readonly last: LogPosition;
  /** The position after the last durable record. Never ahead of `last`; grows until the log is cut. */
  readonly durable: LogPosition;
  /** Bytes that are taken and not yet durable. */
  readonly pendingBytes: number;
  /** Counters for metrics, since the log was opened. */
  readonly stats: LogStats;

  /** The last try to reserve disk space found none. The next try may: `makeRoom`. */
  readonly isFull: boolean;
  /** `append` can take `bytes` more now, and disk space is reserved for them. */
  hasRoom(bytes: number): boolean;
  /**
   * Resolves when there is room for `bytes`. Ask `hasRoom` again then: another append may have used the room.
   * Rejects with ReplogError `STORAGE_FULL` if the disk is full, `OUT_OF_RESOURCES` if a descriptor or memory is lacking; a
   * later call tries again. One record that is larger than a segment gets a larger one. Rejects with RangeError for more than
   * the largest record: append less at once.
   */
  makeRoom(bytes: number): Promise<void>;

  /**
   * Takes whole records that follow `last` (from `encodeRecords`, or as a master sent them) and begins to write them.
   * Synchronous: on return `last` has moved and `read` returns them. The buffer belongs to the store from now on.
   * Needs `hasRoom(block.length)`. The caller has checked crc, order and chain. Throws if the block does not follow
   * `last`, because that is a broken invariant.
   */
  append(block: Buffer): void;
  /**
   * Resolves once every record up to `index` is durable; they need not be taken yet. Rejects if the store fails or closes
   * first.
   */
  whenDurable(index: number): Promise<void>;
  /** Calls `listener` after each sync with the new `durable`. Returns a function that ends this. */
  onDurable(listener: (durable: LogPosition) => void): () => void;
  /**
   * A failed sync or write is final, except for a lack that passes: the store takes nothing more. Calls `listener` once, with the error. If the store has
   * failed already, it is called right after this call returns. Returns a function that ends this.
   */
  onFailure(listener: (error: Error) => void): () => void;

  /**
   * Returns whole records from `fromIndex` on, as they are stored, within the range of `options`; an empty buffer if there
   * are none. Recent records come from memory. The bytes may be shared: do not write to them.
   * Rejects with CorruptRecordError if a record is damaged (it is never returned), with RangeError before `firstIndex`.
   */
  read(fromIndex: number, options: ReadOptions): Promise<Buffer>;
  /** The same at once, from memory; `null` if the records are not in memory. */
  readRecent(fromIndex: number, options: ReadRange): Buffer | null;
  /**
   * Checks durable records from `fromIndex` on in the files, also those that are in memory: each record, and that it
   * follows the one before. Checks at most `maxBytes`, but one record at least.
   * Rejects with CorruptRecordError if the first record is damaged, with RangeError before `firstIndex`.
   */
  verify(fromIndex: number, options: { maxBytes: number }): Promise<Verified>;
  /** The position after the record at `index` (LOG_START for 0); `null` if the log has no such record. */
  positionAt(index: number): Promise<LogPosition | null>;
  /** The index of message `seq`; `null` if there is no such message. */
  indexOf(seq: number): Promise<number | null>;
  /** The message with an idempotency key, durable or not; `null` if there is none. */
  findKey(key: string): Promise<LogRecord | null>;
  /** The newest membership record; `null` if the log has none. */
  lastMembership(): Promise<LogRecord | null>;

  /**
   * Moves every record after `index` out of the log, durably and all or nothing: first into a new orphan set, then out of
   * the segments. After a crash in between, the next opening finishes it. Returns the set; `null` if there is no record
   * after `index`. Until it is done `hasRoom` is false and reads wait.
   */
  setAsideAfter(index: number, reason: OrphanReason): Promise<OrphanSet | null>;
  /** The orphan sets, oldest first. */
  orphanSets(): Promise<readonly OrphanSet[]>;
  /** Streams the records of a set in order, as blocks of whole records. Throws ReplogError `NOT_FOUND` for an unknown id. */
  readOrphans(id: string): AsyncIterable<Buffer>;

  /**
   * Moves the segment with the damaged record `index`, and all segments after it, to `quarantine/`. No byte is deleted. The
   * good records before the damage stay, so the log then ends before `index`. Until it is done `hasRoom` is false and
   * reads wait.
   */
  quarantineFrom(index: number): Promise<void>;

  /** Writes and syncs what was taken, then closes the files. Idempotent. */
  close(): Promise<void>;
}

/** What `verify` has checked. */
export interface Verified {
  /** The index to continue at: the records from `fromIndex` to before it are good. */
  readonly nextIndex: number;
  /** Bytes that were checked; 0 if there is no durable record from `fromIndex` on. */
  readonly bytes: number;
}

/** Counters since the log was opened. */
export interface LogStats {
  readonly syncs: number;
  readonly syncedRecords: number;
  readonly syncedBytes: number;
  /** Duration of the last sync in milliseconds. */
  readonly lastSyncMs: number;
}

/** Why records are set aside: the history of a newer epoch lacks them. */
export interface OrphanReason {
  /** The epoch whose history lacks the records. */
  readonly epoch: number;
  /** Node id of the master of that epoch. */
  readonly master: string;
}

/** Records that were set aside together. */
export interface OrphanSet extends OrphanReason {
  readonly id: string;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Number of messages among the records. */
  readonly messages: number;
  /** Bytes of all records. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly setAsideAt: string;
}

/** A record that was durable is damaged. The error names it; the record is never returned. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';

  constructor(
    readonly segment: string,
    readonly index: number,
    readonly offset: number,
    readonly fault: string,
  ) {
    super(`segment ${segment}: record ${index} at byte ${offset} is damaged (${fault})`);
  }
}
