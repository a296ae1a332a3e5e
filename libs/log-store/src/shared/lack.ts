/**
 * A lack that passes is not a broken disk: no space or quota left, no file descriptor of the process or of the machine, no
 * memory for an operation. What lacked something is refused or done again. Any other failure of the disk is final.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { errorCode } from '../file-system.port.js';

/** Between two tries of what must be done. */
export const RETRY_MS = 200;

const OF_SPACE: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT'];
const OF_MEANS: readonly (string | undefined)[] = ['EMFILE', 'ENFILE', 'ENOMEM'];
const SYNCS: readonly unknown[] = ['fsync', 'fdatasync'];

/** Something was lacking. What was begun can be thrown away and begun anew later. */
export function isLack(error: unknown): boolean {
  const code = errorCode(error);
  return OF_SPACE.includes(code) || OF_MEANS.includes(code);
}

/**
 * The same step may be done again with the same files. Not so after a failed sync, whatever it lacked: the next one could
 * report success for bytes that are lost.
 */
export function isRepeatable(error: unknown): boolean {
  const isFailedSync = error instanceof Error && 'syscall' in error && SYNCS.includes(error.syscall);
  return isLack(error) && !isFailedSync;
}

/** What a caller is told about a lack. */
export function lackError(cause: unknown): ReplogError {
  const isSpace = OF_SPACE.includes(errorCode(cause));
  const sentence = isSpace
    ? 'The disk of this node, or its quota, is full: free some space, writing resumes by itself.'
    : `This node has no file descriptor or memory left for this (${errorCode(cause)}). Repeat the request shortly; ` +
      'where it lasts, raise the limit of open files (ulimit -n) or lower MAX_CONNECTIONS.';
  return new ReplogError(isSpace ? 'STORAGE_FULL' : 'OUT_OF_RESOURCES', sentence, { retryAfterS: 1, cause });
}

/** Does `step` again and again until it lacks nothing; gives up when `signal` is aborted. The step must be idempotent. */
export async function throughLack<Result>(
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
  step: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isRepeatable(error) || signal.aborted) throw error;
    }
    await clock.sleep(RETRY_MS, signal);
  }
}
