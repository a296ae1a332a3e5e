/**
 * Gives messages in order, each once, over every break: it goes on after the place of the last message it gave, at the next
 * node. The consumer sets the pace: a stream is read no faster than its messages are taken.
 */
import { HistoryChanged } from '../errors/own-errors.js';
import type { Place } from '../place.js';
import { placeText } from '../place.js';
import { BrokenStream } from '../requests/opened.js';
import type { Opened } from '../requests/opened.js';
import { withQuery } from '../requests/question.js';
import type { Bounds } from '../requests/question.js';
import type { Requests } from '../requests/requests.js';
import type { Message, ReadConcern } from '../views.js';
import type { ChangedHistory } from './changed-history.js';
import { HeldPlaces } from './held-places.js';
import type { MessageStream } from './message-streams.js';

export interface ReadPlan extends Bounds {
  readonly stream: MessageStream;
  readonly from: Place;
  readonly concern: ReadConcern;
  readonly limit: number;
}

export class Reader {
  constructor(
    private readonly requests: Requests,
    private readonly history: ChangedHistory,
  ) {}

  async *read(plan: ReadPlan): AsyncGenerator<Message, void, undefined> {
    const { stream, limit, signal } = plan;
    const held = new HeldPlaces(plan.from);
    for (let given = 0; ;) {
      const opened = await this.open(plan, held, limit - given);
      const before = given;
      try {
        for await (const message of stream.messagesOf(opened.pieces())) {
          if (given === before) this.requests.choice.worked(opened.url);
          held.take(message);
          given += 1;
          yield message;
          if (given === limit) return;
        }
        if (stream.hasEnd) return;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof HistoryChanged) await this.history.confirm(held, plan);
        else if (!(error instanceof BrokenStream)) throw error;
      } finally {
        opened.close();
      }
      signal?.throwIfAborted();
      this.requests.setAside(opened.url);
    }
  }

  /** A node that lacks the place, though the master has it, is only behind: another one is asked. */
  private async open({ stream, concern, ...bounds }: ReadPlan, held: HeldPlaces, left: number): Promise<Opened> {
    for (;;) {
      const after = held.last.seq === 0 ? undefined : placeText(held.last);
      const limit = Number.isFinite(left) ? left : undefined;
      const path = withQuery('/messages', { concern, after, limit });
      const aim = concern === 'linearizable' ? 'master' : 'any';
      try {
        return await this.requests.open({ method: 'GET', path, accept: stream.accept, aim }, bounds);
      } catch (error) {
        if (!(error instanceof HistoryChanged)) throw error;
        await this.history.confirm(held, bounds);
      }
    }
  }
}
