import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '@replog/contracts/ports.js';

/** The slot of an answer among those in flight. */
const SLOT = Symbol('slot in flight');

/** An answer that is not sent yet, or its connection. */
interface Owed {
  destroy(): void;
  [SLOT]?: number;
}

/**
 * The answers that are not sent yet. A node that stops waits for them, within a bound.
 *
 * They are in an array and not in a `Set`. A set that changes with every request replaces its table all the time, and
 * each old table refers to the next. One old table that survives then keeps all later ones, and every answer in them,
 * until the whole heap is collected: batches cost a fifth more CPU that way (decision 10).
 */
export class RequestsInFlight {
  private readonly owed: Owed[] = [];
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
    owed[SLOT] = this.owed.push(owed) - 1;
  }

  /** The last one takes its slot. */
  leave(owed: Owed): void {
    const { [SLOT]: slot = -1 } = owed;
    if (this.owed[slot] !== owed) return;
    const last = this.owed.pop() as Owed;
    if (last !== owed) {
      this.owed[slot] = last;
      last[SLOT] = slot;
    }
    if (this.owed.length === 0) this.onEmpty?.();
  }

  get count(): number {
    return this.owed.length;
  }

  /** The answers that are not sent yet on `socket`, for requests that `node:http` has read. Slow: for broken connections. */
  on(socket: Duplex): readonly ServerResponse[] {
    return this.owed.filter((one): one is ServerResponse => one instanceof ServerResponse && one.req.socket === socket);
  }

  /** Each of these answers is the last one on its connection. */
  endConnections(): void {
    for (const one of this.owed) if (one instanceof ServerResponse) one.shouldKeepAlive = false;
  }

  /** Resolves when every answer is sent; after `graceMs` the remaining ones are cut. */
  async drain(clock: Clock, graceMs: number): Promise<void> {
    if (this.owed.length === 0) return;
    const emptied = new AbortController();
    this.onEmpty = () => emptied.abort();
    await clock.sleep(graceMs, emptied.signal);
    for (const owed of [...this.owed]) owed.destroy();
  }
}
