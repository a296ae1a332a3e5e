/**
 * Bad bytes follow the whole records of the last segment. Are they a torn tail (a write that a crash cut short, so none of it
 * was acknowledged), or damage to records that were durable?
 *
 * A write begins only when the write before it is durable, and every record says how far back its own write began. So a
 * whole record whose write began *after* the bad bytes proves that they were durable: damage. Without such a record they
 * belong to the last write, which may be torn. Damage within that last write cannot be told from a torn tail here; the
 * cluster finds it by comparing chains.
 *
 * A payload cannot be taken for a record: a header has a byte 0 (in its index), which JSON text never contains.
 *
 * A whole record of a newer version after the bad bytes is never cut, whenever its write began: see `refuse-newer.ts`.
 */
import { VERSION } from '@replog/contracts/record-layout.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import {
  RECORD_VERSION,
  findRecordFault,
  recordBatchOffset,
  recordIndex,
  recordKeyLength,
  recordLength,
} from '@replog/contracts/record.js';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { readUpTo, writeAll } from '../shared/file-operations.js';
import { refuseVersion } from './refuse-newer.js';

const CHUNK_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK_BYTES + RECORD_HEADER_BYTES);

/** Where the bad bytes begin, and the index of the record that belongs there. */
export interface BadPlace {
  readonly position: number;
  readonly index: number;
}

/** `bad` was durable: there is a whole record of a write that began after it. */
export async function wasDurable(files: FileSystem, path: string, bad: BadPlace): Promise<boolean> {
  const file = await files.open(path, 'read');
  try {
    const size = await file.size();
    for (let base = bad.position + 1; base < size; base += CHUNK_BYTES) {
      const chunk = await readUpTo(file, base, Math.min(CHUNK_BYTES + RECORD_HEADER_BYTES, size - base));
      if (await hasLaterWrite({ file, path, size }, chunk, base, bad)) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

interface SearchedFile {
  readonly file: OpenFile;
  readonly path: string;
  readonly size: number;
}

async function hasLaterWrite(searched: SearchedFile, chunk: Buffer, base: number, bad: BadPlace): Promise<boolean> {
  // Mostly nothing was ever written there.
  if (chunk.equals(ZEROS.subarray(0, chunk.length))) return false;
  for (let at = 0; at + RECORD_HEADER_BYTES <= chunk.length; at++) {
    if (!couldBeLaterRecord(chunk, at, base, searched.size, bad)) continue;
    const record = await readUpTo(searched.file, base + at, recordLength(chunk, at));
    const fault = findRecordFault(record, 0, record.length, null);
    if (fault === null) return true;
    if (fault === 'version') refuseVersion(searched.path, record, 0, base + at);
  }
  return false;
}

function couldBeLaterRecord(chunk: Buffer, at: number, base: number, size: number, bad: BadPlace): boolean {
  const version = chunk.readUInt8(at + VERSION);
  if (version < RECORD_VERSION) return false;
  const position = base + at;
  const length = recordLength(chunk, at);
  if (length < RECORD_HEADER_BYTES + recordKeyLength(chunk, at) || length > size - position) return false;
  const index = recordIndex(chunk, at);
  const mostBetween = Math.ceil((position - bad.position) / RECORD_HEADER_BYTES);
  if (index <= bad.index || index > bad.index + mostBetween) return false;
  return version > RECORD_VERSION || position - recordBatchOffset(chunk, at) > bad.position;
}

/** Overwrites everything from `position` on with zeros, durably: what was cut must never come back. */
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
