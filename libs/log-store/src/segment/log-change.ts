/**
 * Taking records out of the log touches several files. So it is decided first, by one small note that is replaced
 * atomically, and then carried out in steps that can each be done again: a crash in between is finished at the next
 * opening. Before the note nothing in the log has changed; after it, nothing can stop the change.
 */
import { join } from 'node:path';
import type { FileSystem } from '../file-system.port.js';
import type { OrphanSet } from '../log-store.port.js';
import { readCheckedJson, writeCheckedJson } from '../shared/checked-json.js';
import type { LogLayout } from './layout.js';
import { segmentFile, segmentsAmong } from './layout.js';
import { zeroFrom } from './torn-tail.js';

/** Everything from `offset` of the segment on leaves the log; it is in the orphan set already. */
export interface Cut {
  readonly kind: 'cut';
  readonly segment: number;
  readonly offset: number;
  readonly set: OrphanSet;
}

/** The segment and all after it move to a folder of their own; what is whole of the segment takes its place. */
export interface Quarantine {
  readonly kind: 'quarantine';
  readonly segment: number;
  readonly folder: string;
}

export type LogChange = Cut | Quarantine;

/** Decides a change and carries it out. What it builds on (orphan records, replacement) must be durable. */
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
  // The replacement's taking its place is the last step: while it is there, the segment named so is the damaged one.
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
