/** Reads NDJSON: one JSON value a line. */
import { BrokenStream } from '../requests/opened.js';
import { LineSplitter } from './line-splitter.js';

/** Throws BrokenStream if the last line has no end: it may be half a line. */
export async function* jsonLinesOf(pieces: AsyncIterable<string>): AsyncGenerator<unknown, void, undefined> {
  const lines = new LineSplitter();
  for await (const piece of pieces) {
    for (const line of lines.push(piece)) if (line.trim() !== '') yield JSON.parse(line);
  }
  if (!lines.isWhole) throw new BrokenStream('The answer ends in the middle of a line.');
}
