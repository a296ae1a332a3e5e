/** An answer on its way out, before a transport has written it. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** A text, or pieces that are sent as they come. */
  readonly body: string | AsyncIterable<string>;
  /** The request was not read to its end, so its connection cannot carry another one. */
  readonly mustClose: boolean;
}
