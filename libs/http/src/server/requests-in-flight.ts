import type { ServerResponse } from 'node:http';

import type { Clock } from '@replog/contracts/ports.js';

/** An answer that is owed, or the connection it is to go to. */
interface Owed {
  destroy(): void;
}

/** The answers a role still owes. A role that closes lets them out first, within a bound. */
export class RequestsInFlight {
  private readonly owed = new Set<Owed>();
  private onEmpty: (() => void) | null = null;
  /** One for all, which is told by `this` whose it is: a function per request would cost more than all else here. */
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

  /** Resolves when every answer is out; those that are not after `graceMs` are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.owed.size === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const owed of [...this.owed]) owed.destroy();
  }
}
