/** A live tail as a client follows it: events as they come, and how the stream ended. */
import { get } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import { PLACE_SEPARATOR } from '@replog/contracts/place.js';
import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';

export interface TailOptions {
  readonly path?: string;
  readonly lastEventId?: string | undefined;
}

/** The seq in the id of an event, which is a place. */
export function seqOfId(id: string | undefined): number {
  return id === undefined ? Number.NaN : Number(id.split(PLACE_SEPARATOR)[0]);
}

export class EventTail {
  readonly events: EventSourceMessage[] = [];
  /** `true` when the server ended the stream in good order; `false` when it was cut. */
  readonly ended: Promise<boolean>;

  private constructor(
    private readonly request: ClientRequest,
    response: IncomingMessage,
  ) {
    const parser = createParser({ onEvent: (event) => this.events.push(event) });
    response.setEncoding('utf8');
    response.on('data', (text: string) => parser.feed(text));
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', () => resolve(response.complete)));
  }

  /** Resolves when the answer has begun. */
  static open(url: string, apiKey: string, { path = '/messages', lastEventId }: TailOptions = {}): Promise<EventTail> {
    const headers = {
      accept: MEDIA.eventStream,
      [HEADERS.apiKey]: apiKey,
      ...(lastEventId === undefined ? {} : { [HEADERS.lastEventId]: lastEventId }),
    };
    return new Promise((resolve, reject) => {
      const request = get(`${url}${path}`, { headers, agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new EventTail(request, response));
        else reject(new Error(`the tail was answered with ${response.statusCode}`));
      });
      request.on('error', reject);
    });
  }

  get lastEventId(): string | undefined {
    return this.events.at(-1)?.id;
  }

  /** Hangs up, as a client that loses its connection. */
  cut(): void {
    this.request.destroy();
  }
}
