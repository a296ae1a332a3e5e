/** Reads an event stream, as the HTML standard has it: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { LineSplitter } from './line-splitter.js';

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The id of the last event that had one. */
  readonly id: string;
}

/** The events of a stream. One that is not complete when the stream ends does not count. */
export async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<StreamEvent, void, undefined> {
  const lines = new LineSplitter();
  const reader = new EventReader();
  for await (const piece of pieces) {
    for (const line of lines.push(piece)) {
      const event = reader.take(line);
      if (event !== null) yield event;
    }
  }
}

class EventReader {
  private event = '';
  private data: string[] = [];
  private id = '';

  /** The event that ends with this line. */
  take(line: string): StreamEvent | null {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return null;
  }

  private end(): StreamEvent | null {
    const { event, data, id } = this;
    this.event = '';
    this.data = [];
    return data.length === 0 ? null : { event: event === '' ? 'message' : event, data: data.join('\n'), id };
  }
}
