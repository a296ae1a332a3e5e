/** Receipts: the outcome of a message, from the log and the acknowledgements. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { AskedPlace } from '@replog/contracts/place.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { Outcome, Receipt, WriteConcern } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { History } from '@replog/cluster/history/history.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import type { Caller } from '@replog/http/server/caller.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { ConcernWaits } from '../replication/concern-waits.js';

/** The fields of a stored message that a receipt shows. */
export type ReceiptSubject = Pick<LogRecord, 'seq' | 'index' | 'epoch' | 'key' | 'timestampMs'>;

/** A copy without the payload, which is a view of a block: whoever waits with the record would keep the whole block. */
export function subjectOf({ seq, index, epoch, key, timestampMs }: LogRecord): ReceiptSubject {
  return { seq, index, epoch, key, timestampMs };
}

export class ReceiptService {
  private readonly history: History;

  constructor(
    private readonly store: LogStore,
    private readonly ledger: CopyLedger,
    private readonly waits: ConcernWaits,
    private readonly node: LocalNode,
  ) {
    this.history = new History(store, node);
  }

  build(subject: ReceiptSubject, concern: WriteConcern, outcome: Outcome, isDuplicate: boolean): Receipt {
    return {
      seq: subject.seq,
      index: subject.index,
      epoch: subject.epoch,
      key: subject.key,
      timestamp: isoTime(subject.timestampMs),
      outcome,
      duplicate: isDuplicate,
      writeConcern: this.concernView(concern),
      acks: this.ledger.acksOf(subject.index),
    };
  }

  concernView(concern: WriteConcern): Receipt['writeConcern'] {
    const secondaries = this.ledger.requiredFor(concern);
    return { requested: String(concern), secondaries, copies: secondaries + 1 };
  }

  /**
   * The receipt of the message at `place`, after waiting at most `timeoutMs` for `concern`. Throws ReplogError
   * HISTORY_CHANGED if the log has another message there.
   */
  async ofPlace(
    { seq, epoch }: AskedPlace,
    concern: WriteConcern,
    timeoutMs: number,
    caller: Caller | null = null,
  ): Promise<Receipt> {
    const record = await this.history.find(seq);
    this.requireTerm();
    if (record !== null && record.epoch === (epoch ?? record.epoch))
      return this.ofSubject(subjectOf(record), concern, timeoutMs, caller);
    const lost = epoch === null ? null : await this.history.whyLost({ seq, epoch });
    this.requireTerm();
    if (lost !== null) throw lost;
    throw new ReplogError('NOT_FOUND', `There is no message ${seq}: the last one is ${this.store.last.seq}.`);
  }

  async ofKey(key: string, concern: WriteConcern, timeoutMs: number, caller: Caller | null = null): Promise<Receipt> {
    const record = await this.store.findKey(key);
    this.requireTerm();
    if (record === null) {
      throw new ReplogError(
        'NOT_FOUND',
        `No message was stored under the key ${JSON.stringify(key)}: it is safe to send it.`,
      );
    }
    return this.ofSubject(subjectOf(record), concern, timeoutMs, caller);
  }

  /** A deposed master may miss records of the new epoch and hold records that were cut, so it gives no receipts. */
  private requireTerm(): void {
    if (this.node.term === null) throw notMaster(this.node.master);
  }

  private async ofSubject(
    subject: ReceiptSubject,
    concern: WriteConcern,
    timeoutMs: number,
    caller: Caller | null,
  ): Promise<Receipt> {
    this.waits.requireRoom();
    const outcome = await this.waits.waitAgain(subject.index, concern, timeoutMs, caller);
    return this.build(subject, concern, outcome, false);
  }
}
