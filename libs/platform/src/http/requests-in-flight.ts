import type { ServerResponse } from 'node:http';

import type { Clock } from '@replog/contracts';

/** Where a response stands among those in flight. */
const PLACE = Symbol('place in flight');

type Placed = ServerResponse & { [PLACE]?: number };

/**
 * The answers a role still owes. A role that closes lets them out first, within a bound.
 *
 * They are in an array and not in a `Set`: the table of a set that changes all the time is replaced again and again, and
 * each table leads to the next one for as long as it is not collected itself. One that has got old then keeps all that
 * come after it, with the responses in them, until the whole heap is collected: a quarter of what was allocated for writes
 * survived that way, and memory and pauses with it (Node.js 20, 64 clients).
 */
export class RequestsInFlight {
  private readonly responses: Placed[] = [];
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
    (response as Placed)[PLACE] = this.responses.push(response) - 1;
    response.on('close', this.closed);
  }

  get count(): number {
    return this.responses.length;
  }

  /** Resolves when every answer is out; those that are not after `graceMs` are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.responses.length === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const response of [...this.responses]) response.destroy();
  }

  /** The last one takes its place. */
  private leave(response: Placed): void {
    const { [PLACE]: place = -1 } = response;
    if (this.responses[place] !== response) return;
    const last = this.responses.pop() as Placed;
    if (last !== response) {
      this.responses[place] = last;
      last[PLACE] = place;
    }
    if (this.responses.length === 0) this.onEmpty?.();
  }
}
