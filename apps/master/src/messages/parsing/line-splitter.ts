/**
 * Cuts a stream of chunks into lines. A line that lies across chunks is put together once, when its end has come, so
 * a long one costs one copy however small the chunks are. Blank lines are counted and passed over.
 */
import { skipSpace } from './find-members.js';

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number;
  /** Without the line feed; a carriage return before it is white space to JSON. */
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;

export class LineSplitter {
  /** The start of a line whose end has not come yet. */
  private pieces: Buffer[] = [];
  /** Lines given out or passed over so far. */
  private count = 0;

  *push(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      yield* this.complete(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) this.pieces.push(chunk.subarray(from));
  }

  /** The last line, where no line feed ends it. */
  *end(): Generator<Line> {
    yield* this.complete(Buffer.alloc(0));
  }

  private *complete(rest: Buffer): Generator<Line> {
    const bytes = this.pieces.length === 0 ? rest : Buffer.concat([...this.pieces, rest]);
    this.pieces = [];
    this.count++;
    if (skipSpace(bytes, 0) < bytes.length) yield { number: this.count, bytes };
  }
}
