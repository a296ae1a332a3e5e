/** The life of one request: it ends when the caller aborts it, when nothing comes for too long, or when it is closed. */
import type { Surroundings } from '../surroundings.js';

/** Nothing came for too long. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

export class Bound {
  private readonly controller = new AbortController();
  private cancel: () => void = () => undefined;
  private readonly follow = (): void => this.controller.abort(this.outer?.reason);

  constructor(
    private readonly outer: AbortSignal | undefined,
    private readonly surroundings: Pick<Surroundings, 'after'>,
  ) {
    outer?.throwIfAborted();
    outer?.addEventListener('abort', this.follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why it ended, if it ended because nothing came. */
  get silence(): SilenceError | null {
    const reason: unknown = this.signal.reason;
    return reason instanceof SilenceError ? reason : null;
  }

  /** From now on something has to come within `ms`. */
  arm(ms: number): void {
    this.cancel();
    const late = (): void => this.controller.abort(new SilenceError(`Nothing came for ${ms} ms.`));
    this.cancel = this.surroundings.after(ms, late);
  }

  /** Silence is no fault now: nobody listens. */
  disarm(): void {
    this.cancel();
  }

  /**
   * The work, or the reason why the life of the request is over. Whether a fetch hears of an abort is up to the platform, and
   * one that does not would be waited for without an end.
   */
  within<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(this.signal.reason as Error);
      if (this.signal.aborted) abort();
      this.signal.addEventListener('abort', abort, { once: true });
      const leave = (): void => this.signal.removeEventListener('abort', abort);
      work.then(resolve, reject).finally(leave);
    });
  }

  /** Closes what is still open. */
  end(): void {
    this.cancel();
    this.outer?.removeEventListener('abort', this.follow);
    this.controller.abort();
  }
}
