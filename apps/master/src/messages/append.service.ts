/**
 * A write, end to end: admitted, looked up by its key, appended, and waited for. It is rejected before it is in the
 * log, or it ends satisfied or pending: there is no fourth way out of here but the process's own end.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts';
import type { BatchReceipt, Clock, Outcome, Random, Receipt, WriteConcern } from '@replog/contracts';
import { CLOCK, METRICS, NODE_CONFIG, NodeMetrics, RANDOM, isoTime, nextDelayMs } from '@replog/platform';
import type { NodeConfig } from '@replog/platform';
import { LogWriter } from '../replication/log-writer.js';
import type { NewMessage } from '../replication/log-writer.js';
import { WriteConcernService } from '../replication/write-concern.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { ReceiptService } from './receipt.service.js';
import type { ReceiptSubject } from './receipt.service.js';
import type { BatchLine } from './parsing/parse-batch.js';
import { WriteAdmission } from './write-admission.js';

export interface WriteOptions {
  readonly concern: WriteConcern;
  readonly timeoutMs: number;
}

/** A message that is in the log, by this request or an earlier one. */
export interface Placed {
  readonly subject: ReceiptSubject;
  readonly isDuplicate: boolean;
}

export interface PlacedBatch {
  /** In the order of the lines. */
  readonly lines: readonly (Placed & { readonly line: number })[];
}

@Injectable()
export class AppendService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(METRICS) private readonly metrics: NodeMetrics,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(WriteConcernService) private readonly concerns: WriteConcernService,
    @Inject(IdempotencyService) private readonly idempotency: IdempotencyService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(WriteAdmission) private readonly admission: WriteAdmission,
  ) {}

  async append(message: NewMessage, options: WriteOptions): Promise<Receipt> {
    const placed = await this.place(message, options.concern);
    return this.settle(placed, options);
  }

  /** Puts the message into the log, or finds it there. Rejects only while it is not in the log. */
  place(message: NewMessage, concern: WriteConcern): Promise<Placed> {
    const { key, payload } = message;
    if (key === null) return this.counted(1, () => this.placeNew(message, concern));
    return this.counted(1, () =>
      this.idempotency.holding([key], async () => {
        const known = await this.idempotency.find(key, payload);
        return known === null ? this.placeNew(message, concern) : { subject: known, isDuplicate: true };
      }),
    );
  }

  /** Waits until the concern is met or the time is up. */
  async settle({ subject, isDuplicate }: Placed, options: WriteOptions): Promise<Receipt> {
    const outcome = await this.outcomeOf(subject.index, options);
    this.metrics.countAppends(isDuplicate ? 'duplicate' : outcome);
    return this.receipts.build(subject, options.concern, outcome, isDuplicate);
  }

  async appendBatch(lines: readonly BatchLine[], options: WriteOptions): Promise<BatchReceipt> {
    const placed = await this.placeBatch(lines, options.concern);
    return this.settleBatch(placed, options);
  }

  /** The same for many: what is new among them is appended as one block, in order. */
  placeBatch(lines: readonly BatchLine[], concern: WriteConcern): Promise<PlacedBatch> {
    const keys = [...new Set(lines.flatMap((line) => line.key ?? []))];
    return this.counted(lines.length, () =>
      this.idempotency.holding(keys, async () => {
        const known = await this.knownByKey(lines);
        const fresh = firstOfEachKey(lines).filter((line) => line.key === null || !known.has(line.key));
        const subjects = fresh.length === 0 ? [] : await this.appendNew(fresh, concern);
        const placedAt = new Map(fresh.map((line, place) => [line, subjects[place] as ReceiptSubject]));
        for (const [line, subject] of placedAt) if (line.key !== null) known.set(line.key, subject);
        return {
          lines: lines.map((line) => ({
            line: line.line,
            subject: placedAt.get(line) ?? (known.get(line.key as string) as ReceiptSubject),
            isDuplicate: !placedAt.has(line),
          })),
        };
      }),
    );
  }

  async settleBatch({ lines }: PlacedBatch, options: WriteOptions): Promise<BatchReceipt> {
    const fresh = lines.filter((line) => !line.isDuplicate);
    const range = (fresh.length > 0 ? fresh : lines).map((line) => line.subject);
    const first = range.reduce((low, subject) => (subject.index < low.index ? subject : low));
    const last = range.reduce((high, subject) => (subject.index > high.index ? subject : high));
    const furthest = lines.reduce((high, line) => Math.max(high, line.subject.index), 0);
    const outcome = await this.outcomeOf(furthest, options);
    if (outcome === 'satisfied') this.concerns.hasAnswered(lines.map((line) => line.subject.index));
    this.metrics.countAppends(outcome, fresh.length);
    this.metrics.countAppends('duplicate', lines.length - fresh.length);
    const { key: _key, duplicate: _duplicate, ...receipt } = this.receipts.build(last, options.concern, outcome, false);
    return {
      ...receipt,
      seq: first.seq,
      index: first.index,
      timestamp: isoTime(first.timestampMs),
      lastSeq: last.seq,
      lastIndex: last.index,
      count: lines.length,
      appended: fresh.length,
      duplicates: lines.filter((line) => line.isDuplicate).map(({ line, subject }) => ({ line, seq: subject.seq })),
    };
  }

  private outcomeOf(index: number, { concern, timeoutMs }: WriteOptions): Promise<Outcome> {
    const delayMs = nextDelayMs(this.config.delay, this.random);
    if (delayMs === 0) return this.concerns.wait(index, concern, timeoutMs);
    const restMs = Math.max(0, timeoutMs - delayMs);
    return this.clock.sleep(delayMs).then(() => this.concerns.wait(index, concern, restMs));
  }

  private async appendNew(messages: readonly NewMessage[], concern: WriteConcern): Promise<ReceiptSubject[]> {
    this.admission.require(concern);
    const { first, timestampMs } = await this.writer.appendMessages(messages, () => this.admission.require(concern));
    return messages.map(({ key }, place) => ({
      seq: first.seq + place,
      index: first.index + place,
      epoch: first.epoch,
      key,
      timestampMs,
    }));
  }

  private async placeNew(message: NewMessage, concern: WriteConcern): Promise<Placed> {
    const [subject] = await this.appendNew([message], concern);
    return { subject: subject as ReceiptSubject, isDuplicate: false };
  }

  private async knownByKey(lines: readonly BatchLine[]): Promise<Map<string, ReceiptSubject>> {
    const known = new Map<string, ReceiptSubject>();
    for (const line of lines) {
      if (line.key === null || known.has(line.key)) continue;
      const record = await this.findForLine(line, line.key);
      if (record !== null) known.set(line.key, record);
    }
    return known;
  }

  private async findForLine(line: BatchLine, key: string): Promise<ReceiptSubject | null> {
    try {
      return await this.idempotency.find(key, line.payload);
    } catch (error) {
      if (!(error instanceof ReplogError)) throw error;
      throw new ReplogError(error.code, `Line ${line.line}: ${error.message} Nothing was appended.`, {
        extra: { ...error.details.extra, line: line.line },
      });
    }
  }

  private async counted<Result>(messages: number, step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      this.metrics.countAppends('rejected', messages);
      throw error;
    }
  }
}

/** A key repeated within a batch stands for one message: its first line. */
function firstOfEachKey(lines: readonly BatchLine[]): BatchLine[] {
  const seen = new Set<string>();
  return lines.filter(({ key }) => {
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
