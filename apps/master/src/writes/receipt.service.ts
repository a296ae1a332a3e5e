/** Receipts: what became of a message, put together from the log and from who has acknowledged it. */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { decodeRecord } from '@replog/contracts/record.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { Outcome, Receipt, WriteConcern } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import { LOG_STORE } from '@replog/runtime/tokens/injection-tokens.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { WriteConcernService } from '../replication/write-concern.service.js';

/** A stored message, as far as a receipt tells of it. */
export type ReceiptSubject = Pick<LogRecord, 'seq' | 'index' | 'epoch' | 'key' | 'timestampMs'>;

@Injectable()
export class ReceiptService {
  constructor(
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(WriteConcernService) private readonly concerns: WriteConcernService,
    @Inject(LocalNode) private readonly node: LocalNode,
  ) {}

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

  /** The receipt of message `seq`, after waiting for `concern` for `timeoutMs` at most. */
  async ofSeq(seq: number, concern: WriteConcern, timeoutMs: number): Promise<Receipt> {
    const index = await this.store.indexOf(seq);
    this.requireOffice();
    if (index === null) {
      throw new ReplogError('NOT_FOUND', `There is no message ${seq}: the last one is ${this.store.last.seq}.`);
    }
    const block = await this.store.read(index, { maxBytes: 1, upTo: index });
    this.requireOffice();
    return this.ofRecord(decodeRecord(block, 0), concern, timeoutMs);
  }

  async ofKey(key: string, concern: WriteConcern, timeoutMs: number): Promise<Receipt> {
    const record = await this.store.findKey(key);
    this.requireOffice();
    if (record === null) {
      throw new ReplogError(
        'NOT_FOUND',
        `No message was stored under the key ${JSON.stringify(key)}: it is safe to send it.`,
      );
    }
    return this.ofRecord(record, concern, timeoutMs);
  }

  /** Who is master no longer may lack what his successor has, and have what it has not: he says nothing of either. */
  private requireOffice(): void {
    if (this.node.office === null) throw notMaster(this.node.master);
  }

  private async ofRecord(record: LogRecord, concern: WriteConcern, timeoutMs: number): Promise<Receipt> {
    this.concerns.requireRoom();
    const outcome = await this.concerns.waitAgain(record.index, concern, timeoutMs);
    return this.build(record, concern, outcome, false);
  }
}
