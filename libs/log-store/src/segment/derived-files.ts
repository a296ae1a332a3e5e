/**
 * The index and key files of sealed segments. They are written when a segment is full, read when it is needed again, and
 * rebuilt from the segment if they are missing or their checksums are wrong.
 */
import type { Clock } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '../log-store.port.js';
import type { FileSystem } from '../file-system.port.js';
import { readFile, writeFile } from '../shared/file-operations.js';
import { isLack } from '../shared/lack.js';
import type { SegmentSummary } from './index-file.js';
import { decodeIndexFile, encodeIndexFile } from './index-file.js';
import type { KeyFilter } from './key-file.js';
import { encodeKeyFile, findInKeyFile, mayHaveKey, readKeyFilter } from './key-file.js';
import type { LogLayout } from './layout.js';
import { scanRecords } from './scan.js';
import type { SegmentContents, SparseIndex } from './segment.js';
import { Segment } from './segment.js';

/** Sparse indexes of sealed segments in memory. Few readers are far behind, and they read forward. */
const MAX_CACHED_INDEXES = 8;

export class DerivedFiles {
  /** By first index of the segment, the most recently used last. */
  private readonly indexes = new Map<number, SparseIndex>();
  private readonly filters = new Map<number, KeyFilter>();

  constructor(
    private readonly files: FileSystem,
    private readonly layout: LogLayout,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes both files of a segment that takes no more records, and drops its contents from memory. A lack is not a
   * failure: the contents stay in memory, and the files are written at the next opening or lookup.
   */
  async seal(segment: Segment): Promise<void> {
    const { contents } = segment;
    /* v8 ignore next -- both callers have just filled the contents; the check is for the compiler */
    if (contents === null) return;
    try {
      const { firstIndex } = segment;
      const keys = await encodeKeyFile(firstIndex, contents.keys, () => this.clock.sleep(0));
      await writeFile(this.files, this.layout.keys(firstIndex), [keys]);
      await writeFile(this.files, this.layout.index(firstIndex), [encodeIndexFile(segment, contents.sparse)]);
      await this.files.syncDirectory(this.layout.log);
      segment.contents = null;
    } catch (error) {
      if (!isLack(error)) throw error;
    }
  }

  /** Forgets what was read, because the log was changed. */
  forget(): void {
    this.indexes.clear();
    this.filters.clear();
  }

  async readSummary(firstIndex: number): Promise<SegmentSummary | null> {
    const bytes = await readFile(this.files, this.layout.index(firstIndex));
    return bytes === null ? null : decodeIndexFile(bytes, firstIndex);
  }

  async sparseOf(segment: Segment): Promise<SparseIndex> {
    if (segment.contents !== null) return segment.contents.sparse;
    const { firstIndex } = segment;
    const sparse =
      this.indexes.get(firstIndex) ??
      (await this.readSummary(firstIndex))?.sparse ??
      (await this.rebuild(segment)).sparse;
    this.indexes.delete(firstIndex);
    this.indexes.set(firstIndex, sparse);
    for (const oldest of this.indexes.keys()) {
      if (this.indexes.size > MAX_CACHED_INDEXES) this.indexes.delete(oldest);
    }
    return sparse;
  }

  /** Indexes of records of a segment that may have the key, newest first. The caller compares the key. */
  async candidates(segment: Segment, key: string): Promise<number[]> {
    if (segment.contents === null) {
      const found = await this.findInFile(segment, key);
      if (found !== null) return found.sort((one, other) => other - one);
    }
    const { keys } = segment.contents ?? (await this.rebuild(segment));
    const index = keys.get(key);
    return index === undefined ? [] : [index];
  }

  /** `null` if the key file is missing or damaged. */
  private async findInFile(segment: Segment, key: string): Promise<number[] | null> {
    const { firstIndex } = segment;
    const known = this.filters.get(firstIndex);
    if (known !== undefined && !mayHaveKey(known, key)) return [];
    const path = this.layout.keys(firstIndex);
    if ((await this.files.size(path)) === null) return null;
    const file = await this.files.open(path, 'read');
    try {
      const filter = known ?? (await readKeyFilter(file, firstIndex));
      if (filter === null) return null;
      this.filters.set(firstIndex, filter);
      return mayHaveKey(filter, key) ? await findInKeyFile(file, filter, key) : [];
    } finally {
      await file.close();
    }
  }

  private async rebuild(segment: Segment): Promise<SegmentContents> {
    const { firstIndex, before, capacity, last } = segment;
    const path = this.layout.segment(firstIndex);
    const scanned = new Segment(firstIndex, before, capacity);
    const scan = await scanRecords(this.files, path, before, (bytes, at, length) => {
      scanned.note(bytes, at, at + length);
      return true;
    });
    if (scanned.last.index !== last.index) {
      throw new CorruptRecordError(segment.name, scanned.last.index + 1, scan.end, scan.fault ?? 'missing');
    }
    this.filters.delete(firstIndex);
    segment.contents = scanned.contents;
    const contents = scanned.contents as SegmentContents;
    await this.seal(segment);
    return contents;
  }
}
