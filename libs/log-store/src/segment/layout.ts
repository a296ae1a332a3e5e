/** The paths below a data directory. A segment is named by its first index, so names sort in log order. */
import { join } from 'node:path';

const NAME_DIGITS = 20;
const SEGMENT_FILE = /^(\d{20})\.log$/;

export class LogLayout {
  readonly log: string;
  readonly orphans: string;
  readonly quarantine: string;
  /** The note of an unfinished change of the log. */
  readonly change: string;

  constructor(readonly root: string) {
    this.log = join(root, 'log');
    this.orphans = join(root, 'orphans');
    this.quarantine = join(root, 'quarantine');
    this.change = join(root, 'change.json');
  }

  segment(firstIndex: number): string {
    return join(this.log, segmentFile(firstIndex));
  }

  index(firstIndex: number): string {
    return join(this.log, `${segmentName(firstIndex)}.index`);
  }

  keys(firstIndex: number): string {
    return join(this.log, `${segmentName(firstIndex)}.keys`);
  }

  /** A segment in preparation. It gets its name when its first index is known. */
  prepared(number: number): string {
    return join(this.log, `prepared-${number}.tmp`);
  }

  /** The file that replaces a segment that goes to quarantine. */
  get replacement(): string {
    return join(this.log, 'replacement.segment');
  }

  orphanRecords(id: string): string {
    return join(this.orphans, `${id}.log`);
  }

  orphanDescription(id: string): string {
    return join(this.orphans, `${id}.json`);
  }
}

export function segmentName(firstIndex: number): string {
  return String(firstIndex).padStart(NAME_DIGITS, '0');
}

export function segmentFile(firstIndex: number): string {
  return `${segmentName(firstIndex)}.log`;
}

/** The first index in a file name; `null` if it is not the name of a segment. */
export function firstIndexOf(fileName: string): number | null {
  const digits = SEGMENT_FILE.exec(fileName)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** First indexes of the segments among sorted file names. */
export function segmentsAmong(fileNames: readonly string[]): number[] {
  return fileNames.map(firstIndexOf).filter((firstIndex) => firstIndex !== null);
}
