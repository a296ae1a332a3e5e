/** The two forms in which a node sends messages: an event stream that has no end, and NDJSON that ends with the log. */
import { errorOf } from '../errors/errors.js';
import { readProblem } from '../errors/problem.js';
import { EVENTS_TYPE, NDJSON_TYPE } from '../requests/question.js';
import { eventsOf } from '../streams/events.js';
import { jsonLinesOf } from '../streams/json-lines.js';
import type { Message } from '../views.js';

export interface MessageStream {
  readonly accept: string;
  /** The end of the stream is the end of what there is to read. */
  readonly hasEnd: boolean;
  /** Throws HistoryChanged where the stream says that messages were replaced, and BrokenStream. */
  messagesOf(pieces: AsyncIterable<string>): AsyncIterable<Message>;
}

export const TAIL: MessageStream = {
  accept: EVENTS_TYPE,
  hasEnd: false,
  async *messagesOf(pieces) {
    for await (const { event, data } of eventsOf(pieces)) {
      if (event === 'message') yield JSON.parse(data) as Message;
      else if (event === 'history-changed') throw errorOf(readProblem(409, data));
    }
  },
};

export const LIST: MessageStream = {
  accept: NDJSON_TYPE,
  hasEnd: true,
  messagesOf: (pieces) => jsonLinesOf(pieces) as AsyncIterable<Message>,
};
