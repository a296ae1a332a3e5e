/**
 * The fast path: it answers requests without Nest and Fastify, whose overhead is larger than the work for such a
 * request. It does not know what is asked: a `FastRoutes` says which heads it answers. What every answer has (request
 * id, node, length, count and log line) is added here, for every transport.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';
import { HEADERS } from '@replog/contracts/http.js';
import type { Clock, Random } from '@replog/contracts/ports.js';

import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { CLOCK, LOGGER, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { Logger } from 'pino';

import { InflightBodies } from '../requests/inflight-bodies.js';
import type { Caller } from '../server/caller.js';
import { observeAnswer } from '../server/observe-requests.js';
import type { Observers } from '../server/observe-requests.js';
import { chooseRequestId } from '../server/request-id.js';
import type { Answer } from './answer.js';

/** As in `node:http`. A head that was read without it has no socket. */
export type RequestHead = Readonly<
  Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'> & Partial<Pick<IncomingMessage, 'socket'>>
>;

/** Already read, or a stream that is not read yet. */
export type RequestBody = Buffer | Readable;

/** The values that may differ between requests with otherwise equal heads. */
export interface RequestValues {
  /** When the head arrived, on the clock of `nowMs`. */
  readonly startedMs: number;
  /** The header `X-Request-Id`; `null` if there is none. */
  readonly requestId: string | null;
  /**
   * The header `Idempotency-Key`: 1 to 255 printable ASCII characters without a space at either end. `null` if there is
   * none; `undefined` if it is the same as in the prepared head.
   */
  readonly idempotencyKey?: string | null | undefined;
  /** `null`: nobody who could leave. */
  readonly caller: Caller | null;
}

/** How all requests with this head are answered. The head is parsed only once. */
export interface PreparedRequest {
  /** The path as the route declares it: `/messages/:wc`. */
  readonly route: string;
  /** The longest body that is passed as a buffer; 0 if the body or the answer is a stream. */
  readonly maxBodyBytes: number;
  /** Asked before each request. `false`: leave it to a transport that does not read ahead. */
  readonly isOpen: boolean;
  /** The head is refused, so its body is not waited for. */
  readonly isRefused: boolean;
  /** What is kept of a request that is not complete counts here. */
  readonly bodies: Pick<InflightBodies, 'hold' | 'release'>;
  /** Never rejects. `null`: the client disconnected before its request was complete. */
  answer(body: RequestBody, values: RequestValues): Promise<Answer | null>;
}

/** A request as its route sees it. */
export interface FastRequest extends Pick<RequestValues, 'idempotencyKey' | 'caller'> {
  readonly requestId: string;
}

/** The same from the route. It answers with its own headers only. */
export interface FastRoute extends Pick<PreparedRequest, 'maxBodyBytes' | 'isOpen' | 'isRefused'> {
  /** The path as the route declares it: `/messages/:wc`. */
  readonly route: string;
  answer(body: RequestBody, request: FastRequest): Promise<Answer | null>;
}

/** What is logged and counted of a head. */
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
    @Inject(NODE_CONFIG) private readonly config: Pick<NodeConfig, 'nodeId' | 'corsOrigins'>,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(LOGGER) logger: Logger,
    metrics: NodeMetrics,
    private readonly bodies: InflightBodies,
  ) {
    this.observers = { logger, metrics };
  }

  /**
   * At most one set of routes per node: all exceptions from the usual path are in one place (docs/architecture.md, "The
   * fast path").
   */
  use(routes: FastRoutes): void {
    if (this.routes !== null) throw new Error('the fast path has its routes already');
    this.routes = routes;
  }

  /** `null`: the framework answers requests with this head. */
  prepare(head: RequestHead): PreparedRequest | null {
    // The framework knows the headers for a page of another origin.
    if (this.config.corsOrigins.length > 0 && head.headers.origin !== undefined) return null;
    const route = this.routes?.prepare(head) ?? null;
    if (route === null) return null;
    const { method = '', url = '' } = head;
    const asked = { method, url, route: route.route };
    return {
      route: route.route,
      maxBodyBytes: route.maxBodyBytes,
      isRefused: route.isRefused,
      bodies: this.bodies,
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
    { startedMs, idempotencyKey, requestId: sentId, caller }: RequestValues,
  ): Promise<Answer | null> {
    const requestId = chooseRequestId(sentId, this.random);
    const answer = await route.answer(body, { requestId, idempotencyKey, caller });
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

/** Passes the pieces on, and reports when the stream ends or its reader stops. */
async function* untilEnd<Piece>(
  pieces: AsyncIterable<Piece>,
  ended: () => void,
): AsyncGenerator<Piece, void, undefined> {
  try {
    yield* pieces;
  } finally {
    ended();
  }
}
