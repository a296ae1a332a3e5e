/**
 * The port behind which a log is kept. Two real implementations, `segment` (files) and `memory`, pass one conformance
 * suite. A store knows records, order and durability; it knows nothing of masters, epochs' meaning or clients.
 *
 * Taking and syncing are two steps: `append` takes whole records at once and in order (they can be read for sending
 * from then on), and one sync serves everything that was taken while the sync before ran (group commit).
 */
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';

/** Beyond `maxBytes`, what a read from a file takes: the way to the first record wanted. */
export const READ_LEAD_BYTES = 20 * 1024;

export interface ReadRange {
  readonly maxBytes: number;
  readonly upTo?: number;
}

export interface ReadOptions extends ReadRange {
  /**
   * Memory for what has to be read from a file, so that none is taken for each read: the answer may lie there, and is
   * good until it is given again. It needs `maxBytes` and READ_LEAD_BYTES; where it is too small it is not used.
   */
  readonly memory?: Buffer;
}

export interface LogStore {
  /** The first index still held; 1 in a log from which nothing was retired. `last.index + 1` when empty. */
  readonly firstIndex: number;
  /** After the last record taken, durable or not. */
  readonly last: LogPosition;
  /** After the last record that is on the medium. Never ahead of `last`; grows until the log is cut. */
  readonly durable: LogPosition;
  /** Bytes taken and not yet durable. */
  readonly pendingBytes: number;
  /** Counters for metrics, since opening. */
  readonly stats: LogStats;

  /** Can `bytes` more be taken at once, with disk space set aside for all of them? */
  hasRoom(bytes: number): boolean;
  /**
   * Resolves when `hasRoom(bytes)` holds (or may: ask again, another append can be quicker).
   * Rejects with ReplogError `STORAGE_FULL` where the disk has none; later calls try again by themselves. Rejects with
   * a RangeError where `bytes` is more than a segment: append less at once.
   */
  makeRoom(bytes: number): Promise<void>;

  /**
   * Takes whole records that follow `last` (`encodeRecords`, or as a master sent them) and starts their way to the
   * disk. Synchronous: on return `last` has moved and `read` gives them. The buffer belongs to the store from now on.
   * Needs `hasRoom(block.length)`. The caller has checked crc, order and chain; a block that does not follow `last`
   * is a broken invariant and throws.
   */
  append(block: Buffer): void;
  /**
   * Resolves once everything up to `index` is durable, taken already or not. Rejects when the store fails or closes
   * before.
   */
  whenDurable(index: number): Promise<void>;
  /** Calls back after each sync, with the new `durable`. Answers the way to stop. */
  onDurable(listener: (durable: LogPosition) => void): () => void;
  /**
   * A failed sync or write is final: the store takes nothing more, and this tells why, once. Where it has happened
   * before, the listener is called right after this call.
   */
  onFailure(listener: (error: Error) => void): () => void;

  /**
   * Whole records from `fromIndex` on, as they stand, at most `maxBytes` (but one record at least), none beyond
   * `upTo` (default: `last.index`). An empty buffer where there is nothing from there on. Recent records come
   * from memory. The bytes may be shared: do not write to them.
   * Rejects with CorruptRecordError for a damaged record, and never gives it out; with RangeError before `firstIndex`.
   */
  read(fromIndex: number, options: ReadOptions): Promise<Buffer>;
  /** The same, when it can be had from memory without waiting; `null` otherwise. */
  readRecent(fromIndex: number, options: ReadRange): Buffer | null;
  /**
   * Checks durable records from `fromIndex` on where they are kept for good, also where memory has them, each by itself
   * and after the one before it; at most `maxBytes` of them, but one at least. Gives none out and keeps none.
   * Rejects with CorruptRecordError when the first of them is damaged; with RangeError before `firstIndex`.
   */
  verify(fromIndex: number, options: { maxBytes: number }): Promise<Verified>;
  /** The position after the record at `index` (LOG_START for 0); `null` where the log has none such. */
  positionAt(index: number): Promise<LogPosition | null>;
  /** The index of message `seq`; `null` where there is none. */
  indexOf(seq: number): Promise<number | null>;
  /** The message that was stored under an idempotency key, taken or durable; `null` without one. */
  findKey(key: string): Promise<LogRecord | null>;
  /** The newest record of a membership at or before `last`; `null` in a log without one. */
  lastMembership(): Promise<LogRecord | null>;

  /**
   * Moves every record after `index` out of the log, durably and as a whole: first into an orphan set of its own,
   * then out of the segments. A crash in between is finished at the next opening. `null` where nothing is after `index`.
   * Meanwhile `hasRoom` is false and reads wait.
   */
  setAsideAfter(index: number, reason: OrphanReason): Promise<OrphanSet | null>;
  orphanSets(): Promise<readonly OrphanSet[]>;
  /** The records of a set, streamed in order as blocks of whole records. */
  readOrphans(id: string): AsyncIterable<Buffer>;

  /**
   * Takes the segment with a damaged record and all after it out of use without deleting a byte (they move to
   * `quarantine/`), keeping the whole records before the damage. The log ends before `index` afterwards. Meanwhile
   * `hasRoom` is false and reads wait.
   */
  quarantineFrom(index: number): Promise<void>;

  /** Writes and syncs what was taken, then lets go of files and lock. Idempotent. */
  close(): Promise<void>;
}

export interface Verified {
  /** Where to go on: everything before it, from the index asked for, is as it was written. */
  readonly nextIndex: number;
  /** Bytes of the records checked; 0 where nothing durable is from there on. */
  readonly bytes: number;
}

export interface LogStats {
  readonly syncs: number;
  readonly syncedRecords: number;
  readonly syncedBytes: number;
  /** Duration of the last sync in milliseconds. */
  readonly lastSyncMs: number;
}

export interface OrphanReason {
  /** The epoch whose history the set is not part of. */
  readonly epoch: number;
  /** The master that holds that epoch. */
  readonly master: string;
}

export interface OrphanSet extends OrphanReason {
  readonly id: string;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly messages: number;
  readonly bytes: number;
  readonly setAsideAt: string;
}

/** A record that was durable once and is damaged now. Named, and never given out. */
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
