/**
 * Cuts a stream of chunks into texts of whole lines. A line across several chunks is copied once, when its end has come,
 * however small the chunks are; other lines are not copied.
 */
const LINE_FEED = 0x0a;

export class LineSplitter {
  /** The start of a line whose end has not come yet. */
  private pieces: Buffer[] = [];
  /** Bytes of the pieces. */
  openBytes = 0;

  /** Returns the lines that end in this chunk, as one or two texts. */
  push(chunk: Buffer): Buffer[] {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      this.pieces.push(chunk);
      this.openBytes += chunk.length;
      return [];
    }
    const texts: Buffer[] = [];
    let from = 0;
    if (this.pieces.length > 0) {
      from = chunk.indexOf(LINE_FEED) + 1;
      texts.push(Buffer.concat([...this.pieces, chunk.subarray(0, from)]));
      this.pieces = [];
    }
    this.openBytes = chunk.length - end;
    if (from < end) texts.push(chunk.subarray(from, end));
    if (end < chunk.length) this.pieces.push(chunk.subarray(end));
    return texts;
  }

  /** Returns the last line if it has no line feed. */
  end(): Buffer[] {
    const { pieces } = this;
    this.pieces = [];
    this.openBytes = 0;
    if (pieces.length === 0) return [];
    return [pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)];
  }
}
