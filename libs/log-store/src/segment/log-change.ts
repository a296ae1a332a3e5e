/**
 * Removing records from the log touches several files. So the change is first decided by a small note, written atomically,
 * and then carried out in idempotent steps. After a crash in between, the next opening finishes it. Before the note the log
 * is unchanged; after it the change will be completed.
 */
import { join } from 'node:path';
import type { FileSystem } from '../file-system.port.js';
import type { OrphanSet } from '../log-store.port.js';
import { readCheckedJson, writeCheckedJson } from '../shared/checked-json.js';
import type { LogLayout } from './layout.js';
import { segmentFile, segmentsAmong } from './layout.js';
import { zeroFrom } from './torn-tail.js';

/** Every record from byte `offset` of the segment on leaves the log. The orphan set has them already. */
export interface Cut {
  readonly kind: 'cut';
  readonly segment: number;
  readonly offset: number;
  readonly set: OrphanSet;
}

/** The segment and all after it move to a folder of their own. The replacement, if there is one, takes its name. */
export interface Quarantine {
  readonly kind: 'quarantine';
  readonly segment: number;
  readonly folder: string;
}

export type LogChange = Cut | Quarantine;

/** Decides a change and carries it out. The orphan records or the replacement must be durable. */
export async function changeLog(files: FileSystem, layout: LogLayout, change: LogChange): Promise<void> {
  await writeCheckedJson(files, layout.change, change);
  await carryOut(files, layout, change);
}

/** Finishes a change that a crash interrupted. */
export async function finishChange(files: FileSystem, layout: LogLayout): Promise<void> {
  const change = (await readCheckedJson(files, layout.change)) as LogChange | null;
  if (change !== null) await carryOut(files, layout, change);
}

async function carryOut(files: FileSystem, layout: LogLayout, change: LogChange): Promise<void> {
  if (change.kind === 'cut') await cut(files, layout, change);
  else await quarantine(files, layout, change);
  await files.remove(layout.change);
  await files.syncDirectory(layout.root);
}

async function cut(files: FileSystem, layout: LogLayout, change: Cut): Promise<void> {
  await writeCheckedJson(files, layout.orphanDescription(change.set.id), change.set);
  for (const firstIndex of segmentsAmong(await files.list(layout.log))) {
    if (firstIndex < change.segment) continue;
    await removeDerived(files, layout, firstIndex);
    if (firstIndex > change.segment) await files.remove(layout.segment(firstIndex));
  }
  await zeroFrom(files, layout.segment(change.segment), change.offset);
  await files.syncDirectory(layout.log);
}

async function quarantine(files: FileSystem, layout: LogLayout, change: Quarantine): Promise<void> {
  const folder = join(layout.quarantine, change.folder);
  await files.makeDirectory(folder);
  await files.syncDirectory(layout.quarantine);
  // Renaming the replacement is the last step. While it exists, the segment of that name is the damaged one.
  const hasReplacement = (await files.size(layout.replacement)) !== null;
  for (const firstIndex of segmentsAmong(await files.list(layout.log))) {
    if (firstIndex < change.segment) continue;
    await removeDerived(files, layout, firstIndex);
    if (firstIndex > change.segment || hasReplacement) {
      await files.rename(layout.segment(firstIndex), join(folder, segmentFile(firstIndex)));
    }
  }
  await files.syncDirectory(folder);
  await files.syncDirectory(layout.log);
  if (hasReplacement) await files.rename(layout.replacement, layout.segment(change.segment));
  await files.syncDirectory(layout.log);
}

async function removeDerived(files: FileSystem, layout: LogLayout, firstIndex: number): Promise<void> {
  await files.remove(layout.index(firstIndex));
  await files.remove(layout.keys(firstIndex));
}
