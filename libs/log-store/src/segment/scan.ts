/**
 * Reads a segment record by record, in chunks, and finds the end of its whole records. The caller decides what that end is:
 * unused space, a torn tail or damage.
 */
import type { LogPosition, RecordFault } from '@replog/contracts/record.js';
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import { findRecordFault, recordLength, recordPosition } from '@replog/contracts/record.js';
import type { FileSystem, OpenFile } from '../file-system.port.js';
import { readUpTo } from '../shared/file-operations.js';

const CHUNK_BYTES = 1024 * 1024;

export interface Scan {
  /** The position after the last whole record; `before` if there is none. */
  readonly last: LogPosition | null;
  /** Byte at which the whole records end. */
  readonly end: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Why the bytes at `end` are not a record; `null` at the end of the file, or where `visit` ended the scan. */
  readonly fault: RecordFault | null;
}

/** Called with each whole record. Returns `false` to end the scan before it. */
export type VisitRecord = (bytes: Buffer, at: number, length: number) => boolean;

/** Scans a file from its start. `before`: the position before its first record, or `null` if that is unknown. */
export async function scanRecords(
  files: FileSystem,
  path: string,
  before: LogPosition | null,
  visit: VisitRecord,
): Promise<Scan> {
  const file = await files.open(path, 'read');
  try {
    return await scan(file, before, visit);
  } finally {
    await file.close();
  }
}

async function scan(file: OpenFile, before: LogPosition | null, visit: VisitRecord): Promise<Scan> {
  const size = await file.size();
  let last = before;
  let base = 0;
  let wanted = CHUNK_BYTES;
  while (base < size) {
    const chunk = await readUpTo(file, base, Math.min(wanted, size - base));
    let at = 0;
    let fault = findRecordFault(chunk, at, chunk.length, last);
    while (fault === null) {
      const length = recordLength(chunk, at);
      if (!visit(chunk, at, length)) return { last, end: base + at, size, fault: null };
      last = recordPosition(chunk, at);
      at += length;
      if (at === chunk.length) break;
      fault = findRecordFault(chunk, at, chunk.length, last);
    }
    base += at;
    if (fault === null) wanted = CHUNK_BYTES;
    else if (isEndOfChunk(chunk, at, fault) && base - at + chunk.length < size) {
      wanted = at > 0 ? CHUNK_BYTES : recordLength(chunk, 0);
      if (wanted > size - base) return { last, end: base, size, fault };
    } else return { last, end: base, size, fault };
  }
  return { last, end: base, size, fault: null };
}

/** The chunk ends too early to read what is at `at`. */
function isEndOfChunk(chunk: Buffer, at: number, fault: RecordFault): boolean {
  return fault === 'short' || (fault === 'empty' && chunk.length - at < RECORD_HEADER_BYTES);
}
