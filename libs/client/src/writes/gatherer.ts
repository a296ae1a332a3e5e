/**
 * Gathers messages into batches. A batch is full when the next line would make it too large. One that is not full goes after a
 * moment, as soon as the batch before it has arrived. The source is asked for one message at a time, and for none while a full
 * batch waits: a source that is faster than the log is held back.
 */
import type { Surroundings } from '../surroundings.js';

export interface GatherLimits {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

const TIME_IS_UP = Symbol('time is up');
const BYTES = new TextEncoder();

export class Gatherer {
  private readonly iterator: AsyncIterator<string>;
  /** The message that was asked for. */
  private coming: Promise<IteratorResult<string>> | null = null;

  constructor(
    lines: AsyncIterable<string>,
    private readonly limits: GatherLimits,
    private readonly surroundings: Pick<Surroundings, 'after'>,
  ) {
    this.iterator = lines[Symbol.asyncIterator]();
  }

  /** The next batch, of one line at least; `null` at the end. `isFree` resolves when the batch before has arrived. */
  async next(isFree: Promise<unknown>): Promise<readonly string[] | null> {
    const lines: string[] = [];
    let bytes = 0;
    let mayGo: Promise<typeof TIME_IS_UP> | null = null;
    let cancel = (): void => undefined;
    try {
      for (;;) {
        this.coming ??= this.iterator.next();
        const got: IteratorResult<string> | typeof TIME_IS_UP = await (mayGo === null
          ? this.coming
          : Promise.race([this.coming, mayGo]));
        if (got === TIME_IS_UP) return lines;
        if (got.done === true) return lines.length === 0 ? null : lines;
        const lineBytes = BYTES.encode(got.value).length + 1;
        if (lines.length > 0 && bytes + lineBytes > this.limits.maxBytes) return lines;
        this.coming = null;
        lines.push(got.value);
        bytes += lineBytes;
        if (mayGo !== null) continue;
        const moment = new Promise<void>(
          (resolve) => (cancel = this.surroundings.after(this.limits.maxWaitMs, resolve)),
        );
        mayGo = Promise.all([moment, isFree]).then(() => TIME_IS_UP);
      }
    } finally {
      cancel();
    }
  }

  /** Tells the source that no more is wanted. */
  async end(): Promise<void> {
    // A message that was asked for may never come, so its end is not waited for.
    this.coming?.catch(() => undefined);
    const ending = this.iterator.return?.();
    if (this.coming === null) await ending;
    else ending?.catch(() => undefined);
  }
}
