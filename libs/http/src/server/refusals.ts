/**
 * Refuses what no route gets to see. Each answer names its request and the node, and is counted and logged, like every other
 * answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';

import { answerProblem } from '../problems/answer-problem.js';
import type { ProblemAnswer } from '../problems/answer-problem.js';
import { writeOnSocket } from '../problems/write-on-socket.js';
import { observeAnswer } from './observe-requests.js';
import type { Observers } from './observe-requests.js';
import { requestIdOf } from './request-id.js';

export interface RefusalsContext extends Observers {
  readonly config: { readonly nodeId: string };
  readonly random: Random;
}

/** As much as is known of what is refused. */
export interface RefusedRequest extends Pick<IncomingMessage, 'headers' | 'method' | 'url'> {
  /** As in `AnsweredRequest`. */
  readonly route?: string;
  readonly ms?: number;
}

const NO_REQUEST: RefusedRequest = { headers: {}, method: 'none', url: 'none' };

export class Refusals {
  constructor(private readonly context: RefusalsContext) {}

  /** The connection ends after it, unless the same client may soon repeat the request. */
  refuse(request: IncomingMessage, response: ServerResponse, error: ReplogError): void {
    const { status, headers, body } = this.answer(error, request);
    const connection = error.code === 'NOT_READY' ? {} : { connection: 'close' };
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), ...connection }).end(body);
  }

  /** For a connection that `node:http` has handed over, or for bytes that are no request. */
  refuseOnSocket(socket: Duplex, error: ReplogError, request = NO_REQUEST): void {
    writeOnSocket(socket, this.answer(error, request));
  }

  private answer(error: ReplogError, request: RefusedRequest): ProblemAnswer {
    const requestId = requestIdOf(request, this.context.random);
    this.observe(error, request, requestId);
    const answer = answerProblem(error, requestId);
    const names = { [HEADERS.requestId]: requestId, [HEADERS.node]: this.context.config.nodeId };
    return { ...answer, headers: { ...names, ...answer.headers } };
  }

  private observe({ code, status }: ReplogError, request: RefusedRequest, requestId: string): void {
    const { method = 'none', url = 'none', route = 'none', ms = 0 } = request;
    // The limit says it once in a while: a line for each client above it would be a way to fill the log.
    if (code === 'TOO_MANY_CONNECTIONS') this.context.metrics.countRequest(method, route, status);
    else observeAnswer({ requestId, method, route, url, status, ms }, this.context);
  }
}
