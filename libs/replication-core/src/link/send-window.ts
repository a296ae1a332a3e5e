/**
 * What a master has sent to one secondary, what was acknowledged, and whether it may send more. Flow control counts the bytes
 * that are sent and not acknowledged.
 */
import type { LogPosition } from '@replog/contracts/record.js';

interface SentBlock {
  readonly lastIndex: number;
  readonly bytes: number;
}

export class SendWindow {
  /** Every record up to here is common or was sent on this connection. Only grows. */
  private sentPosition: LogPosition;
  /** Blocks that are sent and not acknowledged, oldest first. */
  private readonly unacknowledged: SentBlock[] = [];
  private bytesAhead = 0;

  constructor(
    common: LogPosition,
    private readonly maxBytes: number,
  ) {
    this.sentPosition = common;
  }

  get sent(): LogPosition {
    return this.sentPosition;
  }

  get inFlightBytes(): number {
    return this.bytesAhead;
  }

  /** The last index of the oldest block that is sent and not acknowledged; `null` if there is none. */
  get awaited(): number | null {
    return this.unacknowledged[0]?.lastIndex ?? null;
  }

  get isOpen(): boolean {
    return this.bytesAhead < this.maxBytes;
  }

  hasSent(last: LogPosition, bytes: number): void {
    this.sentPosition = last;
    this.unacknowledged.push({ lastIndex: last.index, bytes });
    this.bytesAhead += bytes;
  }

  acknowledged(index: number): void {
    let done = 0;
    while (done < this.unacknowledged.length && (this.unacknowledged[done] as SentBlock).lastIndex <= index) {
      this.bytesAhead -= (this.unacknowledged[done] as SentBlock).bytes;
      done += 1;
    }
    if (done > 0) this.unacknowledged.splice(0, done);
  }
}
