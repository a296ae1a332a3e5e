/**
 * The one at the other end of a connection, whichever way its requests are read. It may leave while something waits for
 * it: in silence, or by closing the side on which it sends. What is done only for its sake ends then.
 *
 * A connection has one request at a time, so at most one thing waits for its caller.
 */
import type { Socket } from 'node:net';

import type { Clock, Timer } from '@replog/contracts/ports.js';

/**
 * A caller that has closed its side may still read its answer, or it is gone: until something is sent to it, the two look
 * the same. It is waited for no longer than this.
 */
export const ENDED_WAIT_MS = 5_000;

/** Something that lasts only as long as its caller listens. */
export interface WaitForCaller {
  /** The caller sends nothing more. It may still read, or it may be gone: the two look the same. */
  callerEnded(): void;
  /** The connection is closed: nobody hears an answer. */
  callerLeft(): void;
}

const CALLER = Symbol('caller');

type CalledSocket = Socket & { [CALLER]?: Caller };

export class Caller {
  /** Whoever ends sets it to `null`. */
  wait: WaitForCaller | null = null;
  hasEnded = false;
  isGone = false;
  /** Set while the connection is not read. */
  private unread: Timer | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    socket.on('end', () => {
      this.hasEnded = true;
      this.wait?.callerEnded();
    });
    socket.on('close', () => {
      this.isGone = true;
      this.unread?.cancel();
      this.wait?.callerLeft();
    });
  }

  /** The caller on a new connection. */
  static on(socket: Socket, clock: Clock): Caller {
    const caller = new Caller(socket, clock);
    (socket as CalledSocket)[CALLER] = caller;
    return caller;
  }

  /**
   * It has sent enough that waits for answers. Nothing tells any more whether it is still there, so after `maxMs` the
   * connection is cut; a further call begins that time anew.
   */
  stopReading(maxMs: number): void {
    if (this.isGone) return;
    this.unread?.cancel();
    this.unread = this.clock.after(maxMs, () => this.socket.destroy());
    // At the end of each request that it reads, `node:http` goes on reading.
    process.nextTick(() => {
      if (this.unread !== null) this.socket.pause();
    });
  }

  readOn(): void {
    if (this.unread === null) return;
    this.unread.cancel();
    this.unread = null;
    this.socket.resume();
  }
}

/** `null`: the request came in no connection of this node, as in a test. */
export function callerOf(socket: Socket): Caller | null {
  return (socket as CalledSocket)[CALLER] ?? null;
}
