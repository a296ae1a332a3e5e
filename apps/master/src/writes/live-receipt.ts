/** A write as a stream of events: `appended`, one `ack` per secondary as it comes, then `satisfied` or `pending`. */
import type { AckView, Outcome } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { CopyLedger } from '../replication/copy-ledger.js';

export interface LiveEvent {
  readonly event: 'appended' | 'ack' | Outcome;
  readonly data: unknown;
}

interface Outcomed {
  readonly outcome: Outcome;
}

export class LiveReceipts {
  constructor(
    private readonly ledger: CopyLedger,
    private readonly store: LogStore,
  ) {}

  /** Sends `appended` once the record is durable here; `receipt` ends the stream. */
  async *tell(appended: object, index: number, receipt: Promise<Outcomed>): AsyncGenerator<LiveEvent, void, undefined> {
    let wake: () => void = () => undefined;
    let end: Outcomed | null = null;
    const stop = this.ledger.onProgress(() => wake());
    const ended = receipt.then((settled) => {
      end = settled;
      wake();
    });
    try {
      await this.store.whenDurable(index);
      yield { event: 'appended', data: appended };
      const told = new Set<string>();
      for (;;) {
        const progressed = new Promise<void>((resolve) => (wake = resolve));
        for (const ack of this.fresh(index, told)) yield { event: 'ack', data: ack };
        if (end !== null) break;
        await Promise.race([progressed, ended]);
      }
      const settled = await receipt;
      for (const ack of this.fresh(index, told)) yield { event: 'ack', data: ack };
      yield { event: settled.outcome, data: settled };
    } finally {
      stop();
    }
  }

  private fresh(index: number, told: Set<string>): AckView[] {
    const acks = this.ledger.acksOf(index).filter((ack) => ack.role === 'secondary' && !told.has(ack.node));
    for (const ack of acks) told.add(ack.node);
    return acks;
  }
}
