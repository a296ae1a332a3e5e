/**
 * Small files that a node must never misread (its state, an unfinished change of the log): one line of JSON with a checksum,
 * readable with `cat`. A wrong checksum is an error and never leads to a default.
 */
import { crc32 } from 'node:zlib';
import type { FileSystem } from '../file-system.port.js';
import { NewerVersionError } from '../newer-version.js';
import { readFile, replaceFile } from './file-operations.js';

/** A file exists, and its content is not what was written. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';

  constructor(
    readonly path: string,
    fault: string,
  ) {
    super(`${path} is damaged (${fault}). Restore it from a backup: it is never reset automatically.`);
  }
}

/** The version of these files. A build that changes what one of them means writes its own beside `crc`; this one writes none. */
const VERSION = 1;

/**
 * Reads the value in a file; the caller validates it. `null` if there is no file. Throws DamagedFileError, or
 * NewerVersionError.
 */
export async function readCheckedJson(files: FileSystem, path: string): Promise<object | null> {
  const bytes = await readFile(files, path);
  if (bytes === null) return null;
  const content = parse(path, bytes.toString());
  if (content.crc !== crc32(JSON.stringify(content.value))) throw new DamagedFileError(path, 'its checksum differs');
  return content.value;
}

/** Replaces the file, durably and as a whole. */
export async function writeCheckedJson(files: FileSystem, path: string, value: object): Promise<void> {
  const content = { crc: crc32(JSON.stringify(value)), value };
  await replaceFile(files, path, Buffer.from(`${JSON.stringify(content)}\n`));
}

function parse(path: string, text: string): { crc: unknown; value: object } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new DamagedFileError(path, 'it is not JSON');
  }
  if (typeof content !== 'object' || content === null || !('crc' in content) || !('value' in content)) {
    throw new DamagedFileError(path, 'it has no checksum');
  }
  const { crc, value } = content;
  const version = 'version' in content ? Number(content.version) : VERSION;
  if (version > VERSION) throw new NewerVersionError(path, 'it', version, VERSION);
  if (typeof value !== 'object' || value === null) throw new DamagedFileError(path, 'it has no value');
  return { crc, value };
}
