/**
 * A client may send requests ahead of the answers. `node:http` hands them all out at once, and holds back the answers that
 * are not their turn: whatever they hold then, files and blocks of the log, is bounded by nothing, and if the client leaves,
 * such an answer is never closed. So each request of a connection begins when the answer before it is over, and a client
 * that is far ahead is not read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { callerOf } from './caller.js';
import type { RequestHandler } from './fastify-adapter.js';

/** From this many waiting requests on, a connection is not read. What was read already is still parsed. */
const MAX_AHEAD = 64;
/** Each of them takes some kilobytes, so a client that is so far ahead is not kept for long without any answer. */
const MAX_AHEAD_MS = 5_000;

export class OneAtATime {
  private readonly lines = new WeakMap<Socket, Line>();

  /** Calls `handle` when it is the turn of the request; never if the connection is closed before. */
  take(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
    const { socket } = request;
    let line = this.lines.get(socket);
    if (line === undefined) {
      line = new Line(socket);
      this.lines.set(socket, line);
    }
    line.take({ request, response, handle });
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handle: RequestHandler;
}

class Line {
  private isBusy = false;
  private waiting: Exchange[] = [];

  constructor(private readonly socket: Socket) {
    socket.once('close', () => this.abandon());
  }

  take(exchange: Exchange): void {
    if (!this.isBusy) return this.begin(exchange);
    this.waiting.push(exchange);
    // A chunk may hold many; the first one too many stops the reading.
    if (this.waiting.length === MAX_AHEAD) this.mayRead(false);
  }

  private begin({ request, response, handle }: Exchange): void {
    this.isBusy = true;
    response.on('close', this.next);
    handle(request, response);
  }

  private readonly next = (): void => {
    // The answer was the last one of this connection: what was sent behind it is not begun.
    if (!this.socket.writable) return;
    this.isBusy = false;
    const exchange = this.waiting.shift();
    if (exchange !== undefined) this.begin(exchange);
    // Each answer that ends makes `node:http` read on.
    this.mayRead(this.waiting.length < MAX_AHEAD);
  };

  private mayRead(may: boolean): void {
    const caller = callerOf(this.socket);
    if (may) caller?.readOn();
    else caller?.stopReading(MAX_AHEAD_MS);
  }

  /** `node:http` closes only the answer whose turn it is. */
  private abandon(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { response } of waiting) response.destroy().emit('close');
  }
}
