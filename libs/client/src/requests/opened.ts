/** An answer whose head has come. Its body is read whole or as a stream; then it has to be closed. */
import { STREAM_SILENCE_MS } from '../limits.js';
import type { Bound } from './bound.js';

/** The stream of an answer ended before its end. What came before is whole. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
}

export class Opened {
  constructor(
    readonly url: string,
    private readonly response: Response,
    private readonly bound: Bound,
  ) {}

  get status(): number {
    return this.response.status;
  }

  header(name: string): string | null {
    return this.response.headers.get(name);
  }

  text(): Promise<string> {
    return this.bound.within(this.response.text());
  }

  /** The text of the body as it comes, read no faster than it is taken. Throws BrokenStream. */
  async *pieces(): AsyncGenerator<string, void, undefined> {
    const reader = this.response.body?.getReader();
    if (reader === undefined) return;
    const decoder = new TextDecoder();
    try {
      for (;;) {
        this.bound.arm(STREAM_SILENCE_MS);
        const { done, value } = await this.bound.within(reader.read()).catch((error: unknown) => {
          throw new BrokenStream('The stream of an answer broke off.', { cause: error });
        });
        // While the reader works on what it has, nothing is due.
        this.bound.disarm();
        if (done) return;
        yield decoder.decode(value, { stream: true });
      }
    } finally {
      // Closes the connection also where the abort is not heard.
      reader.cancel().catch(() => undefined);
    }
  }

  close(): void {
    this.bound.end();
  }
}
