/** The segment files of a node, as whoever damages them needs to see them. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { recordIndex, recordLength, recordSeq } from '@replog/contracts/record.js';

export interface PlacedRecord {
  readonly index: number;
  readonly seq: number;
  readonly offset: number;
  readonly length: number;
}

export interface SegmentFile {
  readonly name: string;
  readonly path: string;
  readonly records: readonly PlacedRecord[];
}

/** In the order of the log; the last one is the one that was written to. */
export function segmentFiles(dataDir: string): SegmentFile[] {
  const directory = join(dataDir, 'log');
  const names = readdirSync(directory).filter((name) => name.endsWith('.log'));
  return names.sort().map((name) => {
    const path = join(directory, name);
    return { name, path, records: recordsIn(readFileSync(path)) };
  });
}

/** In place, so that a node that has the file open meets it as well. */
export function flipBit({ path }: SegmentFile, offset: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  byte.writeUInt8(byte.readUInt8(0) ^ 0b100);
  writeSync(file, byte, 0, 1, offset);
  closeSync(file);
}

export function cutAt({ path }: SegmentFile, offset: number): void {
  truncateSync(path, offset);
}

/** What every file of the log holds, by name. */
export function fingerprints(dataDir: string): Record<string, string> {
  const directory = join(dataDir, 'log');
  const names = readdirSync(directory).filter((name) => name.endsWith('.log'));
  return Object.fromEntries(names.map((name) => [name, fingerprint(join(directory, name))]));
}

export function fingerprint(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Paths of the segments in quarantine. */
export function quarantined(dataDir: string): string[] {
  const directory = join(dataDir, 'quarantine');
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(directory, name));
}

function recordsIn(bytes: Buffer): PlacedRecord[] {
  const records: PlacedRecord[] = [];
  for (let offset = 0; offset + 48 <= bytes.length && recordLength(bytes, offset) > 0;) {
    const length = recordLength(bytes, offset);
    records.push({ index: recordIndex(bytes, offset), seq: recordSeq(bytes, offset), offset, length });
    offset += length;
  }
  return records;
}
