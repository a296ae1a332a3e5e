import type { ServerResponse } from 'node:http';

import type { Clock } from '@replog/contracts/ports.js';

/** An answer that is not sent yet, or its connection. */
interface Owed {
  destroy(): void;
}

/** The answers that are not sent yet. A node that stops waits for them, within a bound. */
export class RequestsInFlight {
  private readonly owed = new Set<Owed>();
  private onEmpty: (() => void) | null = null;
  /**
   * One function for all answers, told apart by `this`: a function per request would cost more than everything else
   * here.
   */
  private readonly closed: (this: ServerResponse) => void;

  constructor() {
    const leave = (response: ServerResponse): void => this.leave(response);
    this.closed = function () {
      leave(this);
    };
  }

  /** Until it is closed. */
  add(response: ServerResponse): void {
    this.enter(response);
    response.on('close', this.closed);
  }

  /** Until `leave`. */
  enter(owed: Owed): void {
    this.owed.add(owed);
  }

  leave(owed: Owed): void {
    if (this.owed.delete(owed) && this.owed.size === 0) this.onEmpty?.();
  }

  get count(): number {
    return this.owed.size;
  }

  /** Resolves when every answer is sent; after `graceMs` the remaining ones are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.owed.size === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const owed of [...this.owed]) owed.destroy();
  }
}
