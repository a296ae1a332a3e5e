/**
 * Puts records of another history into a node's log, as a disk does that was restored from somewhere else: whole ones,
 * made by the library's own encoder, whose checksums and chain are in order. Nothing within a record tells.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { RecordKind, decodeRecord, recordPosition } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { segmentFiles } from './segment-files.js';
import type { PlacedRecord, SegmentFile } from './segment-files.js';

/**
 * From the middle of the second segment to the end of the last sealed one every message becomes another one of the same
 * length. The segment that was written to last stays: by it the log ends as it did. Answers the first such record.
 */
export function rewriteSealed(dataDir: string): PlacedRecord {
  const sealed = segmentFiles(dataDir).slice(1, -1);
  const { records } = sealed[0] as SegmentFile;
  const [before, first] = records.slice(records.length >> 1) as [PlacedRecord, PlacedRecord];
  let previous = recordPosition(readFileSync((sealed[0] as SegmentFile).path), before.offset);
  for (const segment of sealed) previous = rewriteFrom(segment, first.index, previous);
  return first;
}

function rewriteFrom({ path, records }: SegmentFile, firstIndex: number, previous: LogPosition): LogPosition {
  const content = readFileSync(path);
  const changed = records.filter(({ index }) => index >= firstIndex);
  const { bytes, last } = encodeRecords(
    changed.map(({ offset }) => {
      const record = decodeRecord(content, offset);
      return record.kind === RecordKind.Message ? { ...record, payload: anotherOf(record.payload) } : record;
    }),
    previous,
  );
  bytes.copy(content, (changed[0] as PlacedRecord).offset);
  writeFileSync(path, content);
  return last;
}

function anotherOf(payload: Buffer): Buffer {
  return Buffer.from(payload.toString().replaceAll('x', 'y'));
}
