/**
 * The little of a file system that the log needs, as a port: production stands on `node:fs`, tests and the simulation
 * on memory, and a faulty one can be put in front of either. Errors carry the usual `code` (`ENOSPC`, `EIO`, …).
 */

/** `read`: must exist. `update`: must exist, read and write. `create`: made anew, or emptied where it exists. */
export type OpenMode = 'read' | 'update' | 'create';

export interface OpenOptions {
  /** Every write is on the medium when it resolves (`O_DSYNC`, or a sync after each write where that is missing). */
  readonly isDurable?: boolean;
}

export interface WriteOptions {
  /**
   * The caller expects this write to take so little that waiting for it on the spot is cheaper than to hand it to
   * another thread and be woken when it is done. A file system may take that up, and need not.
   */
  readonly mayBlock?: boolean;
}

export interface OpenFile {
  /** Reads into `target` from `position` on and answers how many bytes there were; fewer than asked at the end. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes the buffers one after the other from `position` on. May write less than all: answers how many bytes. */
  write(buffers: readonly Buffer[], position: number, options?: WriteOptions): Promise<number>;
  /** Content and size are on the medium once this resolves. A failed sync must never be tried again. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface FileSystem {
  open(path: string, mode: OpenMode, options?: OpenOptions): Promise<OpenFile>;
  /** Names in a directory, sorted; none where there is no such directory. */
  list(path: string): Promise<string[]>;
  /** Bytes of a file; `null` where there is none. */
  size(path: string): Promise<number | null>;
  /** Atomic; replaces what is there. Durable after `syncDirectory` of both directories. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Makes a directory and those above it; nothing happens where it exists. */
  makeDirectory(path: string): Promise<void>;
  /** The directory's entries (new, renamed and removed files) are on the medium once this resolves. */
  syncDirectory(path: string): Promise<void>;
}

/** Does the error say that there is no space left, for the disk or for this user? */
export function isOutOfSpace(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
