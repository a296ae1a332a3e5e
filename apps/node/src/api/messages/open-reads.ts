/**
 * The reads in progress, each with a signal that ends it: when the client disconnects, and for a live tail, which has no
 * end, also when the client closes its side, and at shutdown.
 */
import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { callerOf } from '@replog/http/server/caller.js';

@Injectable()
export class OpenReads implements BeforeApplicationShutdown {
  private readonly tails = new Set<AbortController>();
  private isShuttingDown = false;

  get tailCount(): number {
    return this.tails.size;
  }

  /** `isTail`: may the server end it cleanly at any time? */
  signalFor(response: ServerResponse, isTail: boolean): AbortSignal {
    const controller = new AbortController();
    if (isTail) this.tails.add(controller);
    const end = (): void => {
      this.tails.delete(controller);
      controller.abort();
    };
    const caller = isTail ? callerOf(response.req.socket) : null;
    // Who closes its side follows no longer. What is only sent to a client that is gone would not show it for a while.
    if (caller !== null) caller.wait = { callerEnded: end, callerLeft: end };
    if (response.destroyed || caller?.hasEnded === true || (isTail && this.isShuttingDown)) end();
    else response.once('close', end);
    return controller.signal;
  }

  beforeApplicationShutdown(): void {
    this.isShuttingDown = true;
    for (const tail of this.tails) tail.abort();
  }
}
