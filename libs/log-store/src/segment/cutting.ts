/** Prepares a cut or a quarantine, so that the change itself only moves durable files. */
import type { LogPosition } from '@replog/contracts/record.js';
import { recordIndex, recordLength } from '@replog/contracts/record.js';
import type { OpenFile } from '../file-system.port.js';
import { CorruptRecordError } from '../log-store.port.js';
import type { OrphanReason } from '../log-store.port.js';
import { readUpTo, writeAll } from '../shared/file-operations.js';
import { describeOrphans, orphanSetId } from '../shared/orphan-set.js';
import type { Cut, Quarantine } from './log-change.js';
import type { LogReader } from './log-reader.js';
import { orphanIds, writeOrphanRecords } from './orphan-files.js';
import { scanRecords } from './scan.js';
import type { Scan } from './scan.js';
import type { Segment } from './segment.js';
import { segmentWith } from './segment.js';
import type { SegmentLogSettings } from './settings.js';

const COPY_BYTES = 1024 * 1024;

export interface CutRequest {
  /** The last record that stays. */
  readonly index: number;
  readonly last: LogPosition;
  readonly reason: OrphanReason;
}

/** Copies every record after `index` to the file of an orphan set. Returns the cut to make; the log is unchanged. */
export async function prepareCut(
  settings: SegmentLogSettings,
  reader: LogReader,
  segments: readonly Segment[],
  request: CutRequest,
): Promise<Cut> {
  const { fileSystem, layout, clock } = settings;
  const { index, last, reason } = request;
  const before = await reader.positionAt(index);
  const segment = segmentWith(segments, index + 1);
  if (before === null || segment === null) throw new RangeError(`there is no record ${index} to cut the log after`);
  const { end: offset, last: kept, fault } = await recordsBefore(settings, segment, index + 1);
  // The records between the damage and the cut are good, and the cut would remove them.
  if (fault !== null) throw new CorruptRecordError(segment.name, (kept as LogPosition).index + 1, offset, fault);
  const taken = new Set(await orphanIds(fileSystem, layout));
  const id = orphanSetId(reason, index + 1, last.index, taken);
  const bytes = await writeOrphanRecords(fileSystem, layout, id, blocksAfter(reader, index, last.index));
  const set = describeOrphans(id, reason, before, last, bytes, clock.wallMs());
  return { kind: 'cut', segment: segment.firstIndex, offset, set };
}

/** Copies the whole records before `index` in its segment. Returns the quarantine to make; the log is unchanged. */
export async function prepareQuarantine(
  settings: SegmentLogSettings,
  segments: readonly Segment[],
  index: number,
): Promise<Quarantine> {
  const segment = segmentWith(segments, index);
  const folder = `${settings.clock.wallMs()}-from-record-${index}`;
  if (segment !== null) await copyWholeRecords(settings, segment, index);
  return { kind: 'quarantine', segment: segment?.firstIndex ?? index, folder };
}

async function* blocksAfter(reader: LogReader, index: number, lastIndex: number): AsyncIterable<Buffer> {
  for (let next = index + 1; next <= lastIndex;) {
    const block = await reader.read(next, { maxBytes: COPY_BYTES });
    yield block;
    for (let at = 0; at < block.length; at += recordLength(block, at)) next += 1;
  }
}

/** Scans the records before `index` in the segment. The scan has a fault if one of them is damaged. */
function recordsBefore(settings: SegmentLogSettings, segment: Segment, index: number): Promise<Scan> {
  const path = settings.layout.segment(segment.firstIndex);
  const isBefore = (bytes: Buffer, at: number): boolean => recordIndex(bytes, at) < index;
  return scanRecords(settings.fileSystem, path, segment.before, isBefore);
}

/** Writes the replacement of the segment: the same size, its whole records before `index`, then zeros. */
async function copyWholeRecords(settings: SegmentLogSettings, segment: Segment, index: number): Promise<void> {
  const { fileSystem, layout } = settings;
  const { end } = await recordsBefore(settings, segment, index);
  const source = await fileSystem.open(layout.segment(segment.firstIndex), 'read');
  try {
    await writeReplacement(settings, (target) => copy(source, target, end, segment.capacity));
  } finally {
    await source.close();
  }
  await fileSystem.syncDirectory(layout.log);
}

async function writeReplacement(
  { fileSystem, layout }: SegmentLogSettings,
  write: (target: OpenFile) => Promise<void>,
): Promise<void> {
  const target = await fileSystem.open(layout.replacement, 'create');
  try {
    await write(target);
    await target.sync();
  } catch (error) {
    // On a full disk, half a replacement would take the room that is lacking.
    await fileSystem.remove(layout.replacement);
    throw error;
  } finally {
    await target.close();
  }
}

async function copy(source: OpenFile, target: OpenFile, end: number, capacity: number): Promise<void> {
  for (let at = 0; at < end; at += COPY_BYTES) {
    await writeAll(target, [await readUpTo(source, at, Math.min(COPY_BYTES, end - at))], at);
  }
  for (let at = end; at < capacity; at += COPY_BYTES) {
    await writeAll(target, [Buffer.alloc(Math.min(COPY_BYTES, capacity - at))], at);
  }
}
