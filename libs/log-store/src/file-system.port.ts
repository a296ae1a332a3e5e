/**
 * The part of a file system that the log needs, as a port. Production uses `node:fs`, tests and the simulation use memory,
 * and a faulty file system can wrap either. Errors have the usual `code` (`ENOSPC`, `EIO`, …).
 */

/** `read`: the file must exist. `update`: it must exist; read and write. `create`: a new file; an existing one is emptied. */
export type OpenMode = 'read' | 'update' | 'create';

export interface OpenOptions {
  /** A write is durable when it resolves: `O_DSYNC`, or a sync after each write on platforms without it. */
  readonly isDurable?: boolean;
}

export interface WriteOptions {
  /**
   * The caller expects this write to be so fast that blocking the thread is cheaper than a round trip to a worker thread.
   * A file system may ignore this.
   */
  readonly mayBlock?: boolean;
}

export interface OpenFile {
  /** Reads into `target`, from byte `position` of the file on. Resolves with the number of bytes; fewer at the end of the file. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes the buffers from byte `position` on. Resolves with the number of bytes, which may be fewer than all. */
  write(buffers: readonly Buffer[], position: number, options?: WriteOptions): Promise<number>;
  /** Makes content and size durable. A failed sync must never be tried again. */
  sync(): Promise<void>;
  /** Sets the size of the file, in bytes. */
  truncate(bytes: number): Promise<void>;
  /** The size of the file, in bytes. */
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface FileSystem {
  open(path: string, mode: OpenMode, options?: OpenOptions): Promise<OpenFile>;
  /** The names in a directory, sorted; empty if there is no such directory. */
  list(path: string): Promise<string[]>;
  /** The size of a file, in bytes; `null` if there is no such file. */
  size(path: string): Promise<number | null>;
  /** Renames atomically and replaces an existing file. Durable after `syncDirectory` of both directories. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, if it exists. */
  remove(path: string): Promise<void>;
  /** Makes a directory and its parents, if they do not exist. */
  makeDirectory(path: string): Promise<void>;
  /** Makes the entries of a directory durable: new, renamed and removed files. */
  syncDirectory(path: string): Promise<void>;
  /** The same later, with a descriptor that is held: there may be no other by then. */
  openDirectory(path: string): Promise<OpenDirectory>;
}

/** Its `sync` makes the entries durable. */
export type OpenDirectory = Pick<OpenFile, 'sync' | 'close'>;

/** The `code` of a system error; `undefined` if it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
