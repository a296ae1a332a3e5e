/**
 * One data directory belongs to one living process. The lock is the kernel's (on an open file), so it is gone with the
 * process however that ends, and it holds between containers that share the directory on one host.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { asError } from './shared/as-error.js';

export type DataDirectoryCode = 'LOCKED' | 'NOT_WRITABLE';

/** Why a data directory cannot be used. `message` is one sentence that says what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';

  constructor(
    readonly code: DataDirectoryCode,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

export interface DataDirectory {
  readonly path: string;
  /** Gives the directory free. Idempotent; the end of the process does it too. */
  release(): void;
}

const LOCK_FILE = 'lock';

/** Numbers tried by `claimDataDirectory` before it gives up. */
const MAX_CLAIMS = 1024;

/** Makes the directory where needed and takes it for this process. Throws DataDirectoryError. */
export function openDataDirectory(path: string): DataDirectory {
  const directory = tryOpenDataDirectory(path);
  if (directory === null) {
    throw new DataDirectoryError(
      'LOCKED',
      `The data directory ${path} is in use by another process: stop that one, or give this node a directory of its own (DATA_DIR).`,
    );
  }
  return directory;
}

/**
 * Takes the first free directory below `parent` among those whose names `pattern` gives with `*` as 1, 2, 3, …
 * (`secondary-*` → `secondary-1`). The name is the node id, so a node that starts again finds its old self.
 */
export function claimDataDirectory(parent: string, pattern: string): { nodeId: string; directory: DataDirectory } {
  for (let number = 1; number <= MAX_CLAIMS; number++) {
    const nodeId = pattern.replace('*', String(number));
    const directory = tryOpenDataDirectory(join(parent, nodeId));
    if (directory !== null) return { nodeId, directory };
    if (nodeId === pattern) break;
  }
  throw new DataDirectoryError(
    'LOCKED',
    `Every data directory ${pattern} below ${parent} is in use: stop another node, or give this one a NODE_ID of its own.`,
  );
}

function tryOpenDataDirectory(path: string): DataDirectory | null {
  const lock = openLockFile(path);
  if (!tryLock(lock)) {
    closeSync(lock);
    return null;
  }
  let isHeld = true;
  return {
    path,
    release: () => {
      if (isHeld) closeSync(lock);
      isHeld = false;
    },
  };
}

function openLockFile(path: string): number {
  try {
    mkdirSync(path, { recursive: true });
    return openSync(join(path, LOCK_FILE), 'a+');
  } catch (cause) {
    throw new DataDirectoryError(
      'NOT_WRITABLE',
      `The data directory ${path} cannot be written to (${asError(cause).message}): make it writable for this user, or choose another (DATA_DIR).`,
      { cause },
    );
  }
}
