/**
 * Where the whole records of the last segment end, is what follows a torn tail (a write that a crash cut short, so
 * nobody was told of it) or damage to records that were durable once?
 *
 * A write begins only after the write before it is durable, and every record knows how far back its write began. So a
 * whole record whose write began *after* the bad place proves that the bad place had been durable: damage. Without such
 * a record the bad place lies in the last write that ever began, which may be torn. What this cannot tell is damage
 * within that very last write; the cluster can, by comparing chains.
 *
 * No payload passes for a record here: a header has a byte 1 (its version), which JSON text never contains.
 */
import {
  RECORD_HEADER_BYTES,
  RECORD_VERSION,
  RECORD_VERSION_BYTE,
  findRecordFault,
  recordBatchOffset,
  recordIndex,
  recordKeyLength,
  recordLength,
} from '@replog/contracts';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { readUpTo, writeAll } from '../shared/file-operations.js';

const CHUNK_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK_BYTES);

/** The place and the index that belongs there. */
export interface BadPlace {
  readonly position: number;
  readonly index: number;
}

/** Is there, after `bad`, a whole record of a write that began after it? Then `bad` had been durable. */
export async function wasDurable(files: FileSystem, path: string, bad: BadPlace): Promise<boolean> {
  const file = await files.open(path, 'read');
  try {
    const size = await file.size();
    for (let base = bad.position + 1; base < size; base += CHUNK_BYTES) {
      const chunk = await readUpTo(file, base, Math.min(CHUNK_BYTES + RECORD_HEADER_BYTES, size - base));
      if (await hasLaterWrite(file, chunk, base, size, bad)) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

async function hasLaterWrite(
  file: OpenFile,
  chunk: Buffer,
  base: number,
  size: number,
  bad: BadPlace,
): Promise<boolean> {
  let found = chunk.indexOf(RECORD_VERSION, RECORD_VERSION_BYTE);
  while (found >= 0 && found - RECORD_VERSION_BYTE + RECORD_HEADER_BYTES <= chunk.length) {
    const at = found - RECORD_VERSION_BYTE;
    if (couldBeLaterRecord(chunk, at, base, size, bad)) {
      const record = await readUpTo(file, base + at, recordLength(chunk, at));
      if (findRecordFault(record, 0, record.length, null) === null) return true;
    }
    found = chunk.indexOf(RECORD_VERSION, found + 1);
  }
  return false;
}

function couldBeLaterRecord(chunk: Buffer, at: number, base: number, size: number, bad: BadPlace): boolean {
  const position = base + at;
  const length = recordLength(chunk, at);
  if (length < RECORD_HEADER_BYTES + recordKeyLength(chunk, at) || length > size - position) return false;
  const index = recordIndex(chunk, at);
  const mostBetween = Math.ceil((position - bad.position) / RECORD_HEADER_BYTES);
  if (index <= bad.index || index > bad.index + mostBetween) return false;
  return position - recordBatchOffset(chunk, at) > bad.position;
}

/** Makes everything from `position` on zero again, durably: what was cut off must never come back. */
export async function zeroFrom(files: FileSystem, path: string, position: number): Promise<void> {
  const file = await files.open(path, 'update');
  try {
    const size = await file.size();
    for (let base = position; base < size; base += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, size - base);
      const zeros = ZEROS.subarray(0, length);
      if (!(await readUpTo(file, base, length)).equals(zeros)) await writeAll(file, [zeros], base);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
