/** The files of the orphan sets: for each set its records, unchanged, and a description. */
import { ReplogError } from '@replog/contracts/errors.js';
import { recordLength } from '@replog/contracts/record.js';
import type { FileSystem } from '../file-system.port.js';
import type { OrphanSet } from '../log-store.port.js';
import { readCheckedJson } from '../shared/checked-json.js';
import { writeAll } from '../shared/file-operations.js';
import type { LogLayout } from './layout.js';
import { readSegment } from './segment-reader.js';

/** Bytes per block for a reader of a set. */
const BLOCK_BYTES = 1024 * 1024;
const DESCRIPTION = /^(.+)\.json$/;
const RECORDS = /^(.+)\.log$/;

/** All sets, oldest first. A set exists once its description exists. */
export async function listOrphans(files: FileSystem, layout: LogLayout): Promise<OrphanSet[]> {
  const sets: OrphanSet[] = [];
  for (const id of await orphanIds(files, layout)) {
    sets.push((await readCheckedJson(files, layout.orphanDescription(id))) as OrphanSet);
  }
  return sets.sort((one, other) => one.setAsideAt.localeCompare(other.setAsideAt) || one.firstIndex - other.firstIndex);
}

export async function orphanIds(files: FileSystem, layout: LogLayout): Promise<string[]> {
  return matches(await files.list(layout.orphans), DESCRIPTION);
}

/** Writes and syncs the records of a set. The set exists only when its description is written, later. Returns the bytes. */
export async function writeOrphanRecords(
  files: FileSystem,
  layout: LogLayout,
  id: string,
  blocks: AsyncIterable<Buffer>,
): Promise<number> {
  const file = await files.open(layout.orphanRecords(id), 'create');
  let bytes = 0;
  try {
    for await (const block of blocks) {
      await writeAll(file, [block], bytes);
      bytes += block.length;
    }
    await file.sync();
  } catch (error) {
    // On a full disk, half a set would take the room that is lacking.
    await files.remove(layout.orphanRecords(id));
    throw error;
  } finally {
    await file.close();
  }
  await files.syncDirectory(layout.orphans);
  return bytes;
}

/** Reads and checks every record of a set, in blocks of whole records. */
export async function* readOrphanRecords(files: FileSystem, layout: LogLayout, id: string): AsyncIterable<Buffer> {
  const ids = await orphanIds(files, layout);
  if (!ids.includes(id)) throw new ReplogError('NOT_FOUND', `There is no orphan set ${id}.`);
  const set = (await readCheckedJson(files, layout.orphanDescription(id))) as OrphanSet;
  const source = { name: `${id}.log`, end: set.bytes };
  let position = 0;
  let index = set.firstIndex;
  while (index <= set.lastIndex) {
    const range = { fromIndex: index, upTo: set.lastIndex, maxBytes: BLOCK_BYTES };
    const block = await readSegment(files, layout.orphanRecords(id), source, { index, position }, range);
    yield block;
    position += block.length;
    for (let at = 0; at < block.length; at += recordLength(block, at)) index += 1;
  }
}

/** Removes records of sets without a description: a crash came before the change was decided. */
export async function removeUnfinishedOrphans(files: FileSystem, layout: LogLayout): Promise<void> {
  const ids = new Set(await orphanIds(files, layout));
  for (const id of matches(await files.list(layout.orphans), RECORDS)) {
    if (!ids.has(id)) await files.remove(layout.orphanRecords(id));
  }
}

function matches(names: readonly string[], pattern: RegExp): string[] {
  return names.map((name) => pattern.exec(name)?.[1]).filter((id) => id !== undefined);
}
