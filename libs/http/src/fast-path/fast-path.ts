/**
 * The fast path: requests that are answered without Nest and Fastify, which spend more on finding out what to do than such a
 * request costs. It knows nothing of what is asked: a `FastRoutes` says which heads it answers. What every answer has (the id of
 * its request, the node, its length, the count and the log line) is added here, for every transport.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';
import { HEADERS } from '@replog/contracts/http.js';
import type { Clock, Random } from '@replog/contracts/ports.js';

import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { CLOCK, LOGGER, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { Logger } from 'pino';

import { observeAnswer } from '../server/observe-requests.js';
import type { Observers } from '../server/observe-requests.js';
import { chooseRequestId } from '../server/request-id.js';
import type { Answer } from './answer.js';

/** As `node:http` has it. */
export type RequestHead = Readonly<Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>>;

/** Read already, or still to be read. */
export type RequestBody = Buffer | Readable;

/** What may differ among requests that have the same head otherwise. */
export interface RequestValues {
  /** When the head came, on the clock of `nowMs`. */
  readonly startedMs: number;
  /** The header `X-Request-Id`; `null` without it. */
  readonly requestId: string | null;
  /**
   * The header `Idempotency-Key`: 1 to 255 printable ASCII characters, no space at either end; `null` without it;
   * `undefined`: as in the head that was prepared.
   */
  readonly idempotencyKey?: string | null | undefined;
}

/** How all requests with one head are answered: what the head says was found out once. */
export interface PreparedRequest {
  /** The longest body that comes as a buffer. 0 where the body or the answer is a stream. */
  readonly maxBodyBytes: number;
  /** Asked before each of them. `false`: leave it to a transport that does not read ahead. */
  readonly isOpen: boolean;
  /** Never rejects. `null`: the client went away before its request was whole. */
  answer(body: RequestBody, values: RequestValues): Promise<Answer | null>;
}

/** A request as its route sees it. */
export interface FastRequest extends Pick<RequestValues, 'idempotencyKey'> {
  readonly requestId: string;
}

/** The same from whoever knows the route. It answers with the headers that are its own. */
export interface FastRoute extends Pick<PreparedRequest, 'maxBodyBytes' | 'isOpen'> {
  /** As routes are declared: `/messages/:wc`. */
  readonly route: string;
  answer(body: RequestBody, request: FastRequest): Promise<Answer | null>;
}

/** Of a head, what is logged and counted. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly route: string;
}

export interface FastRoutes {
  /** `null`: not for the fast path. */
  prepare(head: RequestHead): FastRoute | null;
}

@Injectable()
export class FastPath {
  private readonly observers: Observers;
  private routes: FastRoutes | null = null;

  constructor(
    @Inject(NODE_CONFIG) private readonly config: { readonly nodeId: string },
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(LOGGER) logger: Logger,
    metrics: NodeMetrics,
  ) {
    this.observers = { logger, metrics };
  }

  /** At most one module of a node: what leaves the usual path does so in one place (docs/architecture.md, "The fast path"). */
  use(routes: FastRoutes): void {
    if (this.routes !== null) throw new Error('the fast path has its routes already');
    this.routes = routes;
  }

  /** `null`: requests with this head are the framework's. */
  prepare(head: RequestHead): PreparedRequest | null {
    const route = this.routes?.prepare(head) ?? null;
    if (route === null) return null;
    const { method = '', url = '' } = head;
    const asked = { method, url, route: route.route };
    return {
      maxBodyBytes: route.maxBodyBytes,
      get isOpen() {
        return route.isOpen;
      },
      answer: (body, values) => this.answer(route, asked, body, values),
    };
  }

  private async answer(
    route: FastRoute,
    asked: Asked,
    body: RequestBody,
    { startedMs, idempotencyKey, requestId: sentId }: RequestValues,
  ): Promise<Answer | null> {
    const requestId = chooseRequestId(sentId, this.random);
    const answer = await route.answer(body, { requestId, idempotencyKey });
    if (answer === null) return null;
    const { status, mustClose } = answer;
    const headers = [HEADERS.requestId, requestId, HEADERS.node, this.config.nodeId, ...answer.headers];
    if (typeof answer.body !== 'string') {
      const pieces = untilEnd(answer.body, () => this.observe(asked, requestId, status, startedMs));
      return { status, headers, body: pieces, mustClose };
    }
    this.observe(asked, requestId, status, startedMs);
    headers.push('content-length', String(Buffer.byteLength(answer.body)));
    return { status, headers, body: answer.body, mustClose };
  }

  private observe({ method, url, route }: Asked, requestId: string, status: number, startedMs: number): void {
    const ms = this.clock.nowMs() - startedMs;
    observeAnswer({ requestId, method, route, url, status, ms }, this.observers);
  }
}

/** Passes the pieces on, and says when there are no more, or nobody wants more. */
async function* untilEnd(pieces: AsyncIterable<string>, ended: () => void): AsyncGenerator<string, void, undefined> {
  try {
    yield* pieces;
  } finally {
    ended();
  }
}
