import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

import { Injectable } from '@nestjs/common';

/** As `node:http` has it. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** Where the answer to an early request goes. */
export interface EarlyAnswer {
  /** Once per request. `headers`: names and values in turn, the length of `body` among them. */
  send(status: number, headers: readonly string[], body: string): void;
}

/** What differs among requests that are alike otherwise. */
export interface EarlyValues {
  /** When the head came, on the clock of `nowMs`. */
  readonly startedMs: number;
  /** The header `Idempotency-Key`: 1 to 255 printable ASCII characters, no space at either end; `null` without it. */
  readonly idempotencyKey: string | null;
  /** The header `X-Request-Id`; `null` without it. */
  readonly requestId: string | null;
}

/** All requests that have one head up to their `EarlyValues` and their length: what is to be known of it was found out once. */
export interface EarlyRequest {
  readonly maxBodyBytes: number;
  /** Answers the request, now or later. */
  take(body: Buffer, values: EarlyValues, answer: EarlyAnswer): void;
}

export interface EarlyTaker {
  /** Answers whether it has taken the request. One it has not taken it has not touched either. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** Asked before each request that was recognized: `false` leaves it to `take`. */
  readonly isOpen: boolean;
  /** Whether requests with this head can be answered without `node:http`, and how; `null` where not. */
  recognize(head: RequestHead): EarlyRequest | null;
}

/**
 * Who sees a request before Fastify and Nest do. At most one module of a role: what leaves the usual path does so in
 * one place (docs/architecture.md, "The short path").
 */
@Injectable()
export class EarlyRequests implements EarlyTaker {
  private taker: EarlyTaker | null = null;

  use(taker: EarlyTaker): void {
    if (this.taker !== null) throw new Error('somebody takes early requests already');
    this.taker = taker;
  }

  take(request: IncomingMessage, response: ServerResponse): boolean {
    return this.taker !== null && this.taker.take(request, response);
  }

  get isOpen(): boolean {
    return this.taker !== null && this.taker.isOpen;
  }

  recognize(head: RequestHead): EarlyRequest | null {
    return this.taker !== null && this.taker.isOpen ? this.taker.recognize(head) : null;
  }
}
