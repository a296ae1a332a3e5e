/** How far a secondary is behind, in records, bytes and milliseconds. */
import { decodeRecord } from '@replog/contracts/record.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { MemberView } from '@replog/contracts/views.js';
import { Timeline } from '@replog/core/concern/timeline.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

/** Appends with an exact remembered size; further back, the lag in bytes is estimated from the average record. */
const REMEMBERED = 16_384;

export class LagMeter {
  /** Bytes appended since the term began, by index. */
  private readonly bytesUpTo = new Timeline(REMEMBERED);
  private totalBytes = 0;
  private totalRecords = 0;

  constructor(
    private readonly store: LogStore,
    private readonly clock: Clock,
  ) {}

  open(): void {
    this.bytesUpTo.watchAfter(this.store.last.index);
  }

  hasAppended(lastIndex: number, records: number, bytes: number): void {
    this.totalBytes += bytes;
    this.totalRecords += records;
    this.bytesUpTo.reached(lastIndex, this.totalBytes);
  }

  /** `acknowledged`: the highest index the secondary has on disk. */
  async behind(acknowledged: number): Promise<NonNullable<MemberView['lag']>> {
    const records = Math.max(0, this.store.last.index - acknowledged);
    if (records === 0) return { records: 0, bytes: 0, ms: 0 };
    return { records, bytes: this.bytesAfter(acknowledged, records), ms: await this.ageOf(acknowledged + 1) };
  }

  private bytesAfter(acknowledged: number, records: number): number {
    const upTo = this.bytesUpTo.timeOf(acknowledged);
    if (upTo !== null) return this.totalBytes - upTo;
    return Math.round(records * (this.totalRecords === 0 ? 0 : this.totalBytes / this.totalRecords));
  }

  /** Milliseconds since the first record that the secondary lacks was written. */
  private async ageOf(index: number): Promise<number> {
    const block = await this.store.read(index, { maxBytes: 1 });
    return block.length === 0 ? 0 : Math.max(0, this.clock.wallMs() - decodeRecord(block, 0).timestampMs);
  }
}
