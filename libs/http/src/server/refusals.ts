/** Refuses what no route gets to see. Each answer names its request and the node, like every other answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';

import { answerProblem } from '../problems/answer-problem.js';
import type { ProblemAnswer } from '../problems/answer-problem.js';
import { writeOnSocket } from '../problems/write-on-socket.js';
import { requestIdOf } from './request-id.js';

export interface RefusalsContext {
  readonly config: { readonly nodeId: string };
  readonly random: Random;
}

export class Refusals {
  constructor(private readonly context: RefusalsContext) {}

  /** The connection ends after it, unless the same client may soon repeat the request. */
  refuse(request: IncomingMessage, response: ServerResponse, error: ReplogError): void {
    const { status, headers, body } = this.answer(error, requestIdOf(request, this.context.random));
    const connection = error.code === 'NOT_READY' ? {} : { connection: 'close' };
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), ...connection }).end(body);
  }

  /** For a connection that `node:http` has handed over, or for bytes that are no request. */
  refuseOnSocket(
    socket: Duplex,
    error: ReplogError,
    request: Pick<IncomingMessage, 'headers'> = { headers: {} },
  ): void {
    writeOnSocket(socket, this.answer(error, requestIdOf(request, this.context.random)));
  }

  private answer(error: ReplogError, requestId: string): ProblemAnswer {
    const answer = answerProblem(error, requestId);
    const names = { [HEADERS.requestId]: requestId, [HEADERS.node]: this.context.config.nodeId };
    return { ...answer, headers: { ...names, ...answer.headers } };
  }
}
