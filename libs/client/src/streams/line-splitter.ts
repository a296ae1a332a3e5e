/** Cuts text that comes in pieces into lines, which end with LF, CR or both. A long line is not searched twice. */
export class LineSplitter {
  /** The parts of the line that has not ended yet. */
  private parts: string[] = [];
  /** The last piece ended with CR: an LF at the start of the next one belongs to it. */
  private endedWithCr = false;

  /** Nothing is left of a line that has not ended. */
  get isWhole(): boolean {
    return this.parts.length === 0;
  }

  /** The lines that end in this piece. */
  *push(piece: string): Generator<string, void, undefined> {
    if (piece === '') return;
    let from = this.endedWithCr && piece.startsWith('\n') ? 1 : 0;
    this.endedWithCr = piece.endsWith('\r');
    const ends = /\r\n?|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(piece); end !== null; end = ends.exec(piece)) {
      const line = this.parts.join('') + piece.slice(from, end.index);
      this.parts = [];
      from = ends.lastIndex;
      yield line;
    }
    if (from < piece.length) this.parts.push(piece.slice(from));
  }
}
