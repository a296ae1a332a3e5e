/**
 * Looks for what a newer build has written, before anything on disk is changed. Every version of a file keeps the place of
 * its checksum, its magic number and its version, and every version of a record its header; so a version that this build does not
 * know can be told from damage.
 *
 * A log holds newer records only at its end: a build that does not know them never appends. So the records of the last
 * segment are looked at, and no others.
 */
import { crc32 } from 'node:zlib';
import { VERSION } from '@replog/contracts/record-layout.js';
import { RECORD_VERSION } from '@replog/contracts/record.js';
import type { FileSystem } from '../file-system.port.js';
import { NewerVersionError } from '../newer-version.js';
import { readUpTo } from '../shared/file-operations.js';
import { INDEX_HEADER } from './index-file.js';
import { KEY_HEADER } from './key-file.js';
import type { LogLayout } from './layout.js';
import { segmentsAmong } from './layout.js';
import { scanRecords } from './scan.js';

/** The header of an index or key file: u32 crc of the rest, u32 magic, u32 version. */
export interface DerivedHeader {
  readonly what: string;
  readonly magic: number;
  readonly version: number;
  readonly bytes: number;
}

/** Throws NewerVersionError. */
export async function refuseNewer(files: FileSystem, layout: LogLayout): Promise<void> {
  const firstIndexes = segmentsAmong(await files.list(layout.log));
  for (const firstIndex of firstIndexes) {
    await refuseNewerHeader(files, layout.index(firstIndex), INDEX_HEADER);
    await refuseNewerHeader(files, layout.keys(firstIndex), KEY_HEADER);
  }
  const newest = firstIndexes.at(-1);
  if (newest !== undefined) await refuseNewerRecord(files, layout.segment(newest));
}

async function refuseNewerHeader(files: FileSystem, path: string, known: DerivedHeader): Promise<void> {
  if ((await files.size(path)) === null) return;
  const header = await readAt(files, path, 0, known.bytes);
  if (header.length < known.bytes || crc32(header.subarray(4)) !== header.readUInt32LE(0)) return;
  const version = header.readUInt32LE(8);
  if (header.readUInt32LE(4) !== known.magic || version <= known.version) return;
  throw new NewerVersionError(path, known.what, version, known.version);
}

async function refuseNewerRecord(files: FileSystem, path: string): Promise<void> {
  const { fault, end } = await scanRecords(files, path, null, () => true);
  if (fault === 'version') refuseVersion(path, await readAt(files, path, end, VERSION + 1), 0, end);
}

/** `bytes` have a whole record at `at`, with a right checksum and another version. `position`: its place in the file. */
export function refuseVersion(path: string, bytes: Buffer, at: number, position: number): void {
  const version = bytes.readUInt8(at + VERSION);
  if (version <= RECORD_VERSION) return;
  throw new NewerVersionError(path, `the record at byte ${position}`, version, RECORD_VERSION);
}

async function readAt(files: FileSystem, path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await files.open(path, 'read');
  try {
    return await readUpTo(file, position, bytes);
  } finally {
    await file.close();
  }
}
