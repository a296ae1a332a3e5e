/**
 * Reads messages from the log as clients see them. An answer is made block by block as the client takes it, so a slow
 * client of a long log costs two blocks. Only records that are durable here are returned.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import type { AskedPlace } from '@replog/contracts/place.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { ReadConcern } from '@replog/contracts/views.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { corruptRecord } from '@replog/log-store/corrupt-record.js';
import { History } from '../history/history.js';
import type { NodeView } from '../node/node-view.js';
import { Alarm } from './alarm.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { HeldPlace } from './held-place.js';
import { LogCursor, LogCutError } from './log-cursor.js';
import { formatHistoryChanged, formatMessage, formatMessages, FRAMINGS } from './message-format.js';
import type { FormattedMessages } from './message-format.js';
import type { ReadQuery } from './read-query.js';
import { TailFeed } from './tail-feed.js';
import { visibleUpTo } from './visible.js';

/** After this silence a live tail sends a comment: proxies and clients close silent connections. */
export const KEEP_ALIVE_MS = 15_000;

/** A comment line of the event stream format, which every client ignores. */
const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

const NO_NEWS: FormattedMessages = { text: Buffer.alloc(0), count: 0, last: null };

export class MessageReader {
  private readonly feed: TailFeed;
  private readonly history: History;

  constructor(
    private readonly store: LogStore,
    private readonly view: NodeView,
    private readonly clock: Clock,
    private readonly damage: DamageReporter,
  ) {
    this.feed = new TailFeed(store, view, clock);
    this.history = new History(store, view);
  }

  /**
   * The answer in pieces. `signal` ends a live tail in good order; it does not end a list, because half a list must not
   * look complete. A caller that stops early calls `return()`. Throws ReplogError HISTORY_CHANGED if the log lacks the
   * place to begin after, CORRUPT_RECORD, NOT_READY, NO_QUORUM or NOT_MASTER.
   */
  async *read(query: ReadQuery, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    try {
      this.requireReadable();
      yield* query.format === MEDIA.eventStream ? this.tail(query, signal) : this.list(query);
    } catch (error) {
      throw this.told(error);
    }
  }

  /** One message as JSON. Throws ReplogError NOT_FOUND, HISTORY_CHANGED or CORRUPT_RECORD. */
  async message({ seq, epoch }: AskedPlace): Promise<Buffer> {
    try {
      this.requireReadable();
      const record = await this.history.find(seq);
      const { durable } = this.store;
      if (epoch !== null && record?.epoch !== epoch) await this.history.require({ seq, epoch });
      if (record === null) this.refuseHidden(durable.index);
      const isHere = record !== null && record.index <= durable.index && record.epoch === (epoch ?? record.epoch);
      if (!isHere) throw this.notFound(seq);
      return formatMessage(record);
    } catch (error) {
      throw this.told(error);
    }
  }

  private requireReadable(): void {
    const { refusesReads } = this.view;
    if (refusesReads !== null) throw new ReplogError('NOT_READY', refusesReads, { retryAfterS: 1 });
  }

  /** Returns the log as it is when the read begins. The next block is read while one is sent. */
  private async *list(query: ReadQuery): AsyncGenerator<Buffer, void, undefined> {
    const { format, afterSeq, afterEpoch, limit } = query;
    const { open, close } = FRAMINGS[format];
    const upTo = await this.endOfList(query.concern);
    const cursor = await LogCursor.after(this.store, afterSeq);
    // After the cursor: it notices a cut that comes later.
    if (afterEpoch !== null) await this.history.require({ seq: afterSeq, epoch: afterEpoch });
    let given = 0;
    for (let coming = cursor.next(upTo); given < limit;) {
      const block = await coming;
      if (block === null) {
        this.refuseHidden(upTo);
        break;
      }
      const { text, count } = formatMessages(block, { afterSeq, limit: limit - given }, format, given === 0);
      if (given + count < limit) coming = ahead(cursor.next(upTo));
      if (count > 0) yield given === 0 ? Buffer.concat([Buffer.from(open), text]) : text;
      given += count;
    }
    const end = given === 0 ? open + close : close;
    if (end !== '') yield Buffer.from(end);
  }

  /** If a cut takes what the client has, the last event says so. */
  private async *tail(query: ReadQuery, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const { limit, concern } = query;
    const alarm = new Alarm(this.clock);
    const leave = this.follow(alarm, signal);
    try {
      let cursor = await LogCursor.after(this.store, query.afterSeq, this.feed);
      const held = await HeldPlace.open(this.store, this.history, query);
      let given = 0;
      /** When to send the next comment. The first is due at once: the headers leave with the first bytes. */
      let dueMs = this.clock.nowMs();
      while (given < limit && !signal.aborted) {
        this.requireReadable();
        const upTo = this.feed.upTo(concern);
        const block = await cursor.next(upTo).catch(asCut);
        const lost = await held.lost();
        if (lost !== null) {
          yield formatHistoryChanged(lost);
          return;
        }
        if (block === CUT) {
          this.feed.forget();
          cursor = await LogCursor.after(this.store, held.seq, this.feed);
          continue;
        }
        if (block === null) this.refuseHidden(upTo);
        const range = { afterSeq: held.seq, limit: limit - given };
        const news = block === null ? NO_NEWS : this.feed.format(block, range);
        if (news.count > 0) yield news.text;
        else if (this.clock.nowMs() >= dueMs) yield KEEP_ALIVE;
        else {
          if (block === null) await alarm.sleep(dueMs - this.clock.nowMs());
          continue;
        }
        if (news.last !== null) held.moveTo(news.last);
        given += news.count;
        dueMs = this.clock.nowMs() + KEEP_ALIVE_MS;
      }
    } finally {
      leave();
    }
  }

  private async endOfList(concern: ReadConcern): Promise<number> {
    if (concern !== 'linearizable') return visibleUpTo(this.store, this.view, concern);
    const confirmed = await this.view.confirmTerm();
    // A majority may have a record durable before this node has it.
    await this.store.whenDurable(confirmed);
    return confirmed;
  }

  /**
   * A log with damage found on opening ends before the damage. A reader that gets to its end gets the damage as an
   * error, so that the shorter log does not look complete.
   */
  private refuseHidden(upTo: number): void {
    const { damage } = this.view;
    const end = this.store.durable.index;
    if (damage !== null && upTo === end && damage.index > end) throw corruptRecord(damage);
  }

  private follow(alarm: Alarm, signal: AbortSignal): () => void {
    const ring = (): void => alarm.ring();
    const leave = this.feed.join(alarm);
    signal.addEventListener('abort', ring);
    return () => {
      leave();
      signal.removeEventListener('abort', ring);
    };
  }

  /** What the client is told. Damage is reported for repair. */
  private told(error: unknown): unknown {
    if (error instanceof LogCutError) {
      const sentence = 'The log of this node was replaced by another history meanwhile: read again.';
      return new ReplogError('NOT_READY', sentence, { cause: error });
    }
    if (!(error instanceof CorruptRecordError)) return error;
    this.damage.report(error, 'by a read');
    return corruptRecord(error);
  }

  private notFound(seq: number): ReplogError {
    const last = this.store.durable.seq;
    const known = last === 0 ? 'this node has no messages yet' : `the last one on this node is ${last}`;
    return new ReplogError('NOT_FOUND', `There is no message ${seq} here: ${known}.`, {
      extra: { seq, lastSeq: last },
    });
  }
}

/** In place of a block: the log no longer continues what the cursor has returned. */
const CUT = Symbol('cut');

function asCut(error: unknown): typeof CUT {
  if (error instanceof LogCutError) return CUT;
  throw error;
}

/** A block that is read ahead. If nobody asks for it any more, its failure is ignored. */
function ahead(block: Promise<Buffer | null>): Promise<Buffer | null> {
  block.catch(() => undefined);
  return block;
}
