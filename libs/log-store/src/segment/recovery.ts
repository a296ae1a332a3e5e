/**
 * Opens the log on disk: sealed segments by their index files, the last segment record by record. Only a torn tail is
 * discarded, because none of it was ever acknowledged. Damage is reported and left as it is.
 */
import type { LogPosition } from '@replog/contracts/record.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { LOG_START } from '@replog/contracts/record.js';
import type { FileSystem } from '../file-system.port.js';
import { join } from 'node:path';
import type { DerivedFiles } from './derived-files.js';
import type { SegmentSummary } from './index-file.js';
import type { LogLayout } from './layout.js';
import { segmentFile, segmentsAmong } from './layout.js';
import type { Scan } from './scan.js';
import { scanRecords } from './scan.js';
import { Segment } from './segment.js';
import { wasDurable, zeroFrom } from './torn-tail.js';

/** The first record on disk that was durable and is damaged. */
export interface LogDamage {
  readonly segment: string;
  readonly index: number;
  readonly offset: number;
  readonly fault: string;
}

/** The error of an append to a damaged log. */
export function damageError({ segment, index, offset, fault }: LogDamage): ReplogError {
  return new ReplogError(
    'CORRUPT_RECORD',
    `Record ${index} in segment ${segment} at byte ${offset} is damaged (${fault}): nothing is appended until it is quarantined.`,
    { extra: { segment, index, offset } },
  );
}

export interface LoadedLog {
  /** In order. With damage, the last one is the damaged segment, and it ends before the damage. */
  readonly segments: Segment[];
  readonly damage: LogDamage | null;
}

export async function loadSegments(files: FileSystem, layout: LogLayout, derived: DerivedFiles): Promise<LoadedLog> {
  const firstIndexes = segmentsAmong(await files.list(layout.log));
  const segments: Segment[] = [];
  let before: LogPosition = LOG_START;
  for (const [place, firstIndex] of firstIndexes.entries()) {
    const expected = before.index + 1;
    if (firstIndex !== expected) return { segments, damage: missing(segments, expected) };
    const next = firstIndexes[place + 1];
    const loaded =
      next === undefined
        ? await loadLast(files, layout, firstIndex, before)
        : await loadSealed(files, layout, derived, firstIndex, before, next);
    segments.push(loaded.segment);
    if (loaded.damage !== null) return { segments, damage: loaded.damage };
    before = loaded.segment.last;
  }
  await files.syncDirectory(layout.log);
  return { segments, damage: null };
}

/** Removes unfinished files that a crash left. Call it once, before a segment is prepared. */
export async function removeLeftovers(files: FileSystem, layout: LogLayout): Promise<void> {
  for (const name of await files.list(layout.log)) {
    if (name.endsWith('.tmp')) await files.remove(join(layout.log, name));
  }
  await files.remove(layout.replacement);
}

interface LoadedSegment {
  readonly segment: Segment;
  readonly damage: LogDamage | null;
}

/** A sealed segment was durable to its end before the next one got its name, so anything missing from it is damage. */
async function loadSealed(
  files: FileSystem,
  layout: LogLayout,
  derived: DerivedFiles,
  firstIndex: number,
  before: LogPosition,
  next: number,
): Promise<LoadedSegment> {
  const summary = await derived.readSummary(firstIndex);
  if (summary !== null && summary.last.index + 1 === next && isSamePosition(summary.before, before)) {
    const capacity = (await files.size(layout.segment(firstIndex))) as number;
    return { segment: fromSummary(summary, capacity), damage: null };
  }
  const { segment, scan } = await scanSegment(files, layout, firstIndex, before);
  if (segment.last.index + 1 < next)
    return {
      segment,
      damage: describe(segment, scan.fault === null || scan.fault === 'empty' ? 'missing' : scan.fault),
    };
  await derived.seal(segment);
  return { segment, damage: null };
}

/** The last segment may end in a torn tail, which is overwritten with zeros. */
async function loadLast(
  files: FileSystem,
  layout: LogLayout,
  firstIndex: number,
  before: LogPosition,
): Promise<LoadedSegment> {
  const path = layout.segment(firstIndex);
  const { segment, scan } = await scanSegment(files, layout, firstIndex, before);
  const bad = { position: scan.end, index: segment.last.index + 1 };
  if (scan.fault !== null && (await wasDurable(files, path, bad))) {
    return { segment, damage: describe(segment, scan.fault) };
  }
  // This also syncs the file: what a killed process wrote may be in the page cache only.
  await zeroFrom(files, path, scan.end);
  return { segment, damage: null };
}

async function scanSegment(
  files: FileSystem,
  layout: LogLayout,
  firstIndex: number,
  before: LogPosition,
): Promise<{ segment: Segment; scan: Scan }> {
  const path = layout.segment(firstIndex);
  const segment = new Segment(firstIndex, before, (await files.size(path)) as number);
  const scan = await scanRecords(files, path, before, (bytes, at, length) => {
    segment.note(bytes, at, at + length);
    return true;
  });
  return { segment, scan };
}

function fromSummary(summary: SegmentSummary, capacity: number): Segment {
  const segment = new Segment(summary.firstIndex, summary.before, capacity);
  segment.last = summary.last;
  segment.end = summary.end;
  segment.membershipIndex = summary.membershipIndex;
  segment.contents = null;
  return segment;
}

function describe(segment: Segment, fault: string): LogDamage {
  return { segment: segment.name, index: segment.last.index + 1, offset: segment.end, fault };
}

function missing(segments: readonly Segment[], index: number): LogDamage {
  const newest = segments.at(-1);
  return { segment: newest?.name ?? segmentFile(index), index, offset: newest?.end ?? 0, fault: 'missing' };
}

function isSamePosition(one: LogPosition, other: LogPosition): boolean {
  return one.index === other.index && one.epoch === other.epoch && one.chain === other.chain && one.seq === other.seq;
}
