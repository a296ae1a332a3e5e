import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, Inject, Optional } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { LOGGER } from '@replog/runtime/tokens/injection-tokens.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { forwardRequest, isForMaster } from '../forward/forward-request.js';
import { MASTER_FORWARD } from '../forward/forward.port.js';
import type { MasterForward } from '../forward/forward.port.js';
import { pathOnly } from '../requests/path-only.js';
import { JsonBodies } from '../requests/json-bodies.js';
import { isCutOff } from '../requests/body-refusals.js';
import { RefusedNodes } from '../security/refused-nodes.js';
import { problemFor } from './problem-for.js';

/**
 * The one place where an error becomes an answer, from a handler, from Nest, or from Fastify before either. A request of a
 * client that only the master can answer goes there.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly refusedNodes: RefusedNodes,
    @Optional() @Inject(DAMAGE_REPORTER) private readonly damage?: DamageReporter,
    @Optional() @Inject(MASTER_FORWARD) private readonly master?: MasterForward,
    @Optional() private readonly bodies?: JsonBodies,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (exception instanceof CorruptRecordError) this.damage?.report(exception, 'by a request');
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (exception instanceof ReplogError) {
      this.refusedNodes.note(request.serviceNode, `${request.method} ${pathOnly(request.url)}`, exception);
    }
    if (this.master === undefined || !isForMaster(exception, request)) {
      answerError(exception, request, reply, this.logger);
      return;
    }
    this.forward(this.master, request, reply).catch((error: unknown) => {
      answerError(error, request, reply, this.logger);
    });
  }

  private async forward(master: MasterForward, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const body = (await this.bodies?.bytesOf(request.body)) ?? null;
    await forwardRequest(master, request, reply, body);
  }
}

/** The same for errors that never reach Nest. */
export function answerError(exception: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const { id: requestId, method, url, is404: isUnrouted } = request;
  const path = pathOnly(request.url);
  const allowedMethods = isUnrouted ? (request.server.routeTable?.methodsOf(path) ?? []) : [];
  if (method === 'OPTIONS' && allowedMethods.length > 0) {
    void reply.code(204).header('allow', allowedMethods.join(', ')).send();
    return;
  }
  const { error, answer } = problemFor(exception, { requestId, method, url, isUnrouted, allowedMethods }, logger);
  const { status, headers, body } = answer;
  if (reply.raw.headersSent) {
    // The answer has begun. Only a cut connection tells the client that it is incomplete.
    logger.warn({ requestId, code: error.code }, `${method} ${path}: the answer broke off`);
    reply.raw.destroy();
  } else if (reply.sent) {
    reply.raw.writeHead(status, headers).end(body);
  } else {
    if (isCutOff(request.raw, error)) void reply.header('connection', 'close');
    void reply.code(status).headers(headers).send(body);
  }
}
