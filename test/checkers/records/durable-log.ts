/**
 * One node's log as its disk holds it, read from the bytes and not through the store: what would be left if the
 * machine stopped now. It follows the disk as it changes, and tells which records became durable and which left the
 * log.
 */
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { BrokenRule } from './broken-rule.js';
import { DamageNotes } from './damage-notes.js';
import { readRecords } from './stored-record.js';
import type { StoredRecord } from './stored-record.js';

/** The durable files of a machine. */
export interface Medium {
  /** Paths of the files whose entries are durable. */
  names(): readonly string[];
  contentOf(path: string): Buffer | null;
}

/** Records that were durable and leave the log. */
export interface Departures {
  /** To the orphans. */
  setAside(records: readonly StoredRecord[]): void;
  /** To quarantine, because the disk was damaged. Nobody can append them again from there. */
  destroyed(records: readonly StoredRecord[]): void;
}

interface Scanned {
  readonly path: string;
  /** Records of the log up to the end of this segment. */
  count: number;
  end: number;
  lastAt: number;
  lastCrc: number;
}

export class DurableLog {
  /** Record `index` at `index - 1`. */
  private records: StoredRecord[] = [];
  private scanned: Scanned[] = [];
  /** `index/chain` of every record that was ever durable here, on this disk or the one before. */
  private readonly ever = new Set<string>();
  private readonly damage = new DamageNotes();
  private isStale = false;
  private readonly takenAway: StoredRecord[] = [];

  constructor(
    private readonly nodeId: string,
    private readonly directory: string,
    private readonly medium: () => Medium,
    private readonly becameDurable: (record: StoredRecord) => void,
    private readonly departures: Departures,
  ) {}

  /** The medium may have changed. */
  touch(): void {
    this.isStale = true;
  }

  get all(): readonly StoredRecord[] {
    this.refresh();
    return this.records;
  }

  get lastIndex(): number {
    return this.all.length;
  }

  at(index: number): StoredRecord | undefined {
    return this.all[index - 1];
  }

  /** Was this record ever durable here? */
  had(index: number, chain: number): boolean {
    this.refresh();
    return this.ever.has(`${index}/${chain}`);
  }

  /** `strike` damages the record in the file at `path`. The log still reads it as it was written. */
  damaged(path: string, { at, end }: Pick<StoredRecord, 'at' | 'end'>, strike: () => void): void {
    const content = this.medium().contentOf(path);
    if (content === null) return;
    const original = Buffer.from(content.subarray(at, end));
    strike();
    this.damage.add(content, { at, original, damaged: Buffer.from(content.subarray(at, end)) });
  }

  /** Texts of the messages available here: in the log and among the orphans. */
  copies(): Set<string> {
    const texts = new Set<string>();
    const add = ({ kind, text }: StoredRecord): unknown => kind === RecordKind.Message && texts.add(text);
    for (const record of [...this.all, ...this.orphans]) add(record);
    return texts;
  }

  /** Is there damage in the log itself, found or not? In quarantine it does no harm. */
  get isDamaged(): boolean {
    const medium = this.medium();
    return this.segmentPaths(medium).some((path) => {
      const content = medium.contentOf(path);
      return content !== null && this.damage.standsIn(content);
    });
  }

  /** The records of every set of orphans on the medium. */
  get orphans(): readonly StoredRecord[] {
    return this.recordsIn(this.asWritten(this.medium()), ['orphans']);
  }

  /** Every record set aside here, as orphan or in quarantine, or lost with a disk. */
  get keptAside(): readonly StoredRecord[] {
    return [...this.takenAway, ...this.setAside(this.asWritten(this.medium()))];
  }

  /** The disk is about to be taken away. */
  wiped(): void {
    this.takenAway.push(...this.all, ...this.setAside(this.asWritten(this.medium())));
    this.records = [];
    this.scanned = [];
  }

  refresh(): void {
    if (!this.isStale) return;
    const medium = this.asWritten(this.medium());
    if (this.isChanging(medium)) return;
    this.isStale = false;
    const prefix = this.prefix;
    const paths = this.segmentPaths(medium);
    const before = this.records;
    const kept = this.keptSegments(medium, paths);
    this.scanned = this.scanned.slice(0, kept);
    const resumed = this.scanned.at(-1);
    // Mostly the log grows at its end, so earlier records are neither copied nor read again.
    const firstFresh = resumed?.count ?? 0;
    const doubtful = before.slice(firstFresh);
    if (doubtful.length > 0) this.records = before.slice(0, firstFresh);
    if (resumed !== undefined) this.scan(medium, resumed);
    for (const path of paths.slice(kept)) {
      if (Number(path.slice(prefix.length, -4)) !== this.records.length + 1) break;
      const next = { path, count: this.records.length, end: 0, lastAt: -1, lastCrc: 0 };
      this.scanned.push(next);
      this.scan(medium, next);
    }
    this.note(doubtful, firstFresh);
    this.requireKept(medium, doubtful, firstFresh);
  }

  /**
   * Segments are being moved. The log stays as it was until that is done, at the latest by the next opening after a
   * crash.
   */
  private isChanging(medium: Medium): boolean {
    return medium.names().includes(`${this.directory}/change.json`);
  }

  private get prefix(): string {
    return `${this.directory}/log/`;
  }

  private segmentPaths(medium: Medium): string[] {
    return medium.names().filter((path) => path.startsWith(this.prefix) && path.endsWith('.log'));
  }

  private asWritten(medium: Medium): Medium {
    return {
      names: () => medium.names(),
      contentOf: (path) => {
        const content = medium.contentOf(path);
        return content === null ? null : this.damage.undone(content);
      },
    };
  }

  /** How many of the segments read so far are unchanged, apart from growth of the last. */
  private keptSegments(medium: Medium, paths: readonly string[]): number {
    let kept = 0;
    for (const [place, { path, lastAt, lastCrc }] of this.scanned.entries()) {
      const bytes = paths[place] === path ? medium.contentOf(path) : null;
      if (bytes === null || lastAt < 0 || lastAt + 4 > bytes.length || bytes.readUInt32LE(lastAt) !== lastCrc) break;
      kept += 1;
    }
    return kept;
  }

  private scan(medium: Medium, segment: Scanned): void {
    const bytes = medium.contentOf(segment.path);
    if (bytes === null) return;
    const last = this.records.at(-1);
    const previous: LogPosition = last ?? LOG_START;
    for (const record of readRecords(bytes, segment.end, previous)) {
      this.records.push(record);
      segment.end = record.end;
      segment.count = record.index;
      segment.lastAt = record.at;
      segment.lastCrc = bytes.readUInt32LE(record.at);
    }
  }

  private note(doubtful: readonly StoredRecord[], firstFresh: number): void {
    for (let place = firstFresh; place < this.records.length; place++) {
      const record = this.records[place] as StoredRecord;
      if (doubtful[place - firstFresh]?.chain === record.chain) continue;
      this.requireOrderOfTime(this.records[place - 1], record);
      this.ever.add(nameOf(record));
      this.becameDurable(record);
    }
  }

  private requireOrderOfTime(before: StoredRecord | undefined, { index, epoch, timestampMs }: StoredRecord): void {
    if (before === undefined || timestampMs >= before.timestampMs) return;
    throw new BrokenRule(
      'time',
      `record ${index} of epoch ${epoch} on ${this.nodeId} is ${before.timestampMs - timestampMs} ms older than the one before it`,
    );
  }

  /** Records that left the log must be among the orphans, or in quarantine. */
  private requireKept(medium: Medium, doubtful: readonly StoredRecord[], firstFresh: number): void {
    const missing = doubtful.filter((record, place) => this.records[firstFresh + place]?.chain !== record.chain);
    if (missing.length === 0) return;
    const kept = namesOf(this.setAside(medium));
    const lost = missing.find((record) => !kept.has(nameOf(record)));
    if (lost !== undefined) {
      throw new BrokenRule(
        'orphans',
        `${this.nodeId} cut record ${lost.index} of epoch ${lost.epoch}, which was durable there, and kept it nowhere`,
      );
    }
    const orphans = namesOf(this.recordsIn(medium, ['orphans']));
    const orphaned = missing.filter((record) => orphans.has(nameOf(record)));
    const quarantined = missing.filter((record) => !orphans.has(nameOf(record)));
    if (orphaned.length > 0) this.departures.setAside(orphaned);
    if (quarantined.length > 0) this.departures.destroyed(quarantined);
  }

  private setAside(medium: Medium): StoredRecord[] {
    return this.recordsIn(medium, ['orphans', 'quarantine']);
  }

  /** What stands in the files of these folders. */
  private recordsIn(medium: Medium, folders: readonly string[]): StoredRecord[] {
    return medium.names().flatMap((path) => {
      const isThere = path.endsWith('.log') && folders.some((name) => path.startsWith(`${this.directory}/${name}/`));
      const bytes = isThere ? medium.contentOf(path) : null;
      return bytes === null ? [] : readRecords(bytes, 0, null);
    });
  }
}

function nameOf({ index, chain }: StoredRecord): string {
  return `${index}/${chain}`;
}

function namesOf(records: readonly StoredRecord[]): Set<string> {
  return new Set(records.map(nameOf));
}
