/**
 * What a master believes of one secondary while streaming: what was sent, what came back, and whether more may go.
 * Flow control is by bytes that were sent and are not acknowledged.
 */
import type { LogPosition } from '@replog/contracts/record.js';

interface SentBlock {
  readonly lastIndex: number;
  readonly bytes: number;
}

export class SendWindow {
  /** Everything up to here was sent on this connection or is common. Grows by sending. */
  private sentPosition: LogPosition;
  /** Sent and not acknowledged, oldest first. */
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
