import type { ServerResponse } from 'node:http';

import type { Clock } from '@replog/contracts';

/** The answers a role still owes. A role that closes lets them out first, within a bound. */
export class RequestsInFlight {
  private readonly responses = new Set<ServerResponse>();
  private onEmpty: (() => void) | null = null;
  /** One for all, which is told by `this` whose it is: a function per request would cost more than all else here. */
  private readonly closed: (this: ServerResponse) => void;

  constructor() {
    const leave = (response: ServerResponse): void => this.leave(response);
    this.closed = function () {
      leave(this);
    };
  }

  add(response: ServerResponse): void {
    this.responses.add(response);
    response.on('close', this.closed);
  }

  get count(): number {
    return this.responses.size;
  }

  /** Resolves when every answer is out; those that are not after `graceMs` are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.responses.size === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const response of this.responses) response.destroy();
  }

  private leave(response: ServerResponse): void {
    this.responses.delete(response);
    if (this.responses.size === 0) this.onEmpty?.();
  }
}
