import type { ServerResponse } from 'node:http';

import type { Clock } from '@replog/contracts/ports.js';

/** Where an answer stands among those in flight. */
const PLACE = Symbol('place in flight');

/** An answer that is owed, or the connection it is to go to. */
interface Owed {
  destroy(): void;
  [PLACE]?: number;
}

/**
 * The answers a role still owes. A role that closes lets them out first, within a bound.
 *
 * They are in an array and not in a `Set`: the table of a set that changes all the time is replaced again and again, and
 * each table leads to the next one for as long as it is not collected itself. One that has got old then keeps all that
 * come after it, with the answers in them, until the whole heap is collected: a quarter of what was allocated for writes
 * survived that way, and memory and pauses with it (Node.js 20, 64 clients).
 */
export class RequestsInFlight {
  private readonly owed: Owed[] = [];
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
    owed[PLACE] = this.owed.push(owed) - 1;
  }

  /** The last one takes its place. */
  leave(owed: Owed): void {
    const { [PLACE]: place = -1 } = owed;
    if (this.owed[place] !== owed) return;
    const last = this.owed.pop() as Owed;
    if (last !== owed) {
      this.owed[place] = last;
      last[PLACE] = place;
    }
    if (this.owed.length === 0) this.onEmpty?.();
  }

  get count(): number {
    return this.owed.length;
  }

  /** Resolves when every answer is out; those that are not after `graceMs` are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.owed.length === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const owed of [...this.owed]) owed.destroy();
  }
}
