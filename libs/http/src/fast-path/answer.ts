/** An answer before a transport has written it. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** A text, or pieces that are sent as they arrive. */
  readonly body: string | AsyncIterable<string | Buffer>;
  /** The request was not read to its end, so its connection cannot be used again. */
  readonly mustClose: boolean;
}
