import type { IncomingMessage, ServerResponse } from 'node:http';

import { Injectable } from '@nestjs/common';

/** Answers whether it has taken the request. One it has not taken it has not touched either. */
export type RequestTaker = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Who sees a request before Fastify and Nest do. At most one module of a role: what leaves the usual path does so in
 * one place (docs/architecture.md, "The short path").
 */
@Injectable()
export class EarlyRequests {
  private taker: RequestTaker | null = null;

  use(taker: RequestTaker): void {
    if (this.taker !== null) throw new Error('somebody takes early requests already');
    this.taker = taker;
  }

  take(request: IncomingMessage, response: ServerResponse): boolean {
    return this.taker !== null && this.taker(request, response);
  }
}
