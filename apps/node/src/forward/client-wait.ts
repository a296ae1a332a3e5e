/** How long a request that is passed on is worth an answer: as long as its client listens. */
import type { Clock, Timer } from '@replog/contracts/ports.js';
import { ENDED_WAIT_MS } from '@replog/http/server/caller.js';
import type { Caller, WaitForCaller } from '@replog/http/server/caller.js';

export class ClientWait implements WaitForCaller {
  private readonly left = new AbortController();
  private readonly waited = new AbortController();
  private timer: Timer | null = null;

  constructor(
    private readonly caller: Caller | null,
    private readonly clock: Pick<Clock, 'after'>,
  ) {
    if (caller === null) return;
    caller.wait = this;
    if (caller.isGone) this.callerLeft();
    else if (caller.hasEnded) this.callerEnded();
  }

  /** Nobody hears an answer any more. */
  get gone(): AbortSignal {
    return this.left.signal;
  }

  /** The client has closed its side: it still gets an answer, but is waited for no longer. */
  get over(): AbortSignal {
    return this.waited.signal;
  }

  callerEnded(): void {
    this.timer = this.clock.after(ENDED_WAIT_MS, () => this.waited.abort());
  }

  callerLeft(): void {
    this.timer?.cancel();
    this.left.abort();
  }

  /** Its request is answered. */
  end(): void {
    this.timer?.cancel();
    if (this.caller?.wait === this) this.caller.wait = null;
  }
}
