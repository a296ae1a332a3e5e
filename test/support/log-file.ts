/** What a test does to a stopped node's log on disk, as a lost cache or a broken disk would. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecord, findRecordFault, recordLength } from '@replog/contracts/record.js';
import type { LogRecord } from '@replog/contracts/record.js';

/** Takes the last record off the log in `dataDir`, as if its sync had been a lie, and answers what it was. */
export function loseLastRecord(dataDir: string): LogRecord {
  const folder = join(dataDir, 'log');
  const segment = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .findLast((name) => hasRecord(readFileSync(join(folder, name))));
  if (segment === undefined) throw new Error(`there is no record in ${folder}`);
  const path = join(folder, segment);
  const bytes = readFileSync(path);
  let last = 0;
  for (let at = 0; findRecordFault(bytes, at, bytes.length, null) === null; at += recordLength(bytes, at)) last = at;
  const record = decodeRecord(Buffer.from(bytes), last);
  writeFileSync(path, bytes.fill(0, last, last + record.length));
  return record;
}

export function orphanFiles(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, 'orphans')).sort();
  } catch {
    return [];
  }
}

function hasRecord(bytes: Buffer): boolean {
  return findRecordFault(bytes, 0, bytes.length, null) === null;
}
