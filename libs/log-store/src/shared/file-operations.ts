/** Complete reads and writes over the file system port, and replacing a file atomically. */
import { dirname } from 'node:path';
import type { FileSystem, OpenFile, WriteOptions } from '../file-system.port.js';

/** Reads `length` bytes from `position` on, fewer only at the end of the file. Uses `memory` if they fit. */
export async function readUpTo(file: OpenFile, position: number, length: number, memory?: Buffer): Promise<Buffer> {
  const fits = memory !== undefined && length <= memory.length;
  const target = fits ? memory.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(filled === 0 ? target : target.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === length ? target : target.subarray(0, filled);
}

/** Writes all buffers; after a short write it writes the rest. */
export async function writeAll(
  file: OpenFile,
  buffers: readonly Buffer[],
  position: number,
  options?: WriteOptions,
): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const count = await file.write(rest, at, options);
    if (count === 0) throw new Error('a write to the disk made no progress');
    at += count;
    rest = after(rest, count);
  }
}

/** The rest of `buffers` after their first `count` bytes. */
function after(buffers: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count;
  for (let place = 0; place < buffers.length; place++) {
    const buffer = buffers[place] as Buffer;
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(place + 1)];
    left -= buffer.length;
  }
  return [];
}

/** Reads a whole file; `null` if there is no such file. */
export async function readFile(files: FileSystem, path: string): Promise<Buffer | null> {
  const size = await files.size(path);
  if (size === null) return null;
  const file = await files.open(path, 'read');
  try {
    return await readUpTo(file, 0, size);
  } finally {
    await file.close();
  }
}

/** Writes and syncs a file. A crash may leave a part of it, so the content needs its own checksum. */
export async function writeFile(files: FileSystem, path: string, buffers: readonly Buffer[]): Promise<void> {
  const file = await files.open(path, 'create');
  try {
    await writeAll(file, buffers, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file durably and atomically: after a crash it has the old content or the new. */
export async function replaceFile(files: FileSystem, path: string, content: Buffer): Promise<void> {
  const temporary = `${path}.tmp`;
  await writeFile(files, temporary, [content]);
  await files.rename(temporary, path);
  await files.syncDirectory(dirname(path));
}
