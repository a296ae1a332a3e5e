/**
 * A data directory belongs to one running process. The lock is a kernel lock on an open file: it ends with the process,
 * however that ends, and it works between containers that share the directory on one host.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { asError } from './shared/as-error.js';

export type DataDirectoryCode = 'LOCKED' | 'NOT_WRITABLE' | 'OTHER_NODE';

/** A data directory cannot be used. `message` is one sentence that says why and what to do. */
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
  /** Unlocks the directory. Idempotent; the end of the process does it too. */
  release(): void;
}

const LOCK_FILE = 'lock';

/** How many names `claimDataDirectory` tries. */
const MAX_CLAIMS = 1024;

/** Makes the directory if needed and locks it for this process. Throws DataDirectoryError. */
export function openDataDirectory(path: string): DataDirectory {
  const directory = tryOpenDataDirectory(path);
  if (directory === null) {
    throw new DataDirectoryError(
      'LOCKED',
      `The data directory ${path} is in use by another process: stop that process, or give this node its own NODE_ID, and its own DATA_DIR if that is set.`,
    );
  }
  return directory;
}

/**
 * Locks the first free directory below `parent` whose name is `pattern` with 1, 2, 3, … for `*` (`secondary-*` →
 * `secondary-1`). The name is the node id, so a node that restarts gets its own directory again. Throws DataDirectoryError.
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
    `Every data directory ${pattern} below ${parent} is in use: stop another node, or give this node its own NODE_ID.`,
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
      `The data directory ${path} cannot be written to (${asError(cause).message}): make it writable for this user, or choose another directory (DATA_DIR).`,
      { cause },
    );
  }
}
