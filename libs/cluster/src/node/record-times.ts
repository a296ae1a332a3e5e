/** The timestamps of the records that this node writes. They never go back, although a wall clock may. */
import { recordTimestampMs } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

export class RecordTimes {
  /** The timestamp of the newest record that this node wrote, or continues from. */
  private newestMs = 0;

  constructor(private readonly store: Pick<LogStore, 'last' | 'read'>) {}

  /** Continues from the last record of the log. Call it before this node writes the first record of its epoch. */
  async load(): Promise<void> {
    const { index } = this.store.last;
    if (index > 0) this.newestMs = recordTimestampMs(await this.store.read(index, { maxBytes: 1 }), 0);
  }

  /** For a record written now: `wallMs`, but never before the record in front of it. */
  at(wallMs: number): number {
    if (wallMs > this.newestMs) this.newestMs = wallMs;
    return this.newestMs;
  }
}
