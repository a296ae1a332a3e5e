/**
 * Cuts a stream of chunks into texts of whole lines. A line that lies across chunks is put together once, when its end
 * has come, so a long one costs one copy however small the chunks are; the others are not copied at all.
 */
const LINE_FEED = 0x0a;

export class LineSplitter {
  /** The start of a line whose end has not come yet. */
  private pieces: Buffer[] = [];

  /** The whole lines that end in this chunk, as one or two texts. */
  push(chunk: Buffer): Buffer[] {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      this.pieces.push(chunk);
      return [];
    }
    const texts: Buffer[] = [];
    let from = 0;
    if (this.pieces.length > 0) {
      from = chunk.indexOf(LINE_FEED) + 1;
      texts.push(Buffer.concat([...this.pieces, chunk.subarray(0, from)]));
      this.pieces = [];
    }
    if (from < end) texts.push(chunk.subarray(from, end));
    if (end < chunk.length) this.pieces.push(chunk.subarray(end));
    return texts;
  }

  /** The last line, where no line feed ends it. */
  end(): Buffer[] {
    const { pieces } = this;
    this.pieces = [];
    if (pieces.length === 0) return [];
    return [pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)];
  }
}
