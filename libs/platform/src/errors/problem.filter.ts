import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, Inject, Optional } from '@nestjs/common';
import { ReplogError } from '@replog/contracts';
import { CorruptRecordError } from '@replog/log-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { LOGGER } from '../node/node-ports.js';
import { DAMAGE_REPORTER } from '../reading/damage-reporter.js';
import type { DamageReporter } from '../reading/damage-reporter.js';
import { RefusedNodes } from '../security/refused-nodes.js';
import { answerProblem } from './answer-problem.js';
import { toReplogError } from './to-replog-error.js';

/** The one place where an error becomes an answer, whoever raised it: a handler, Nest, or Fastify before either. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly refusedNodes: RefusedNodes,
    @Optional() @Inject(DAMAGE_REPORTER) private readonly damage?: DamageReporter,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (exception instanceof CorruptRecordError) this.damage?.report(exception);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (exception instanceof ReplogError) {
      this.refusedNodes.note(request.serviceNode, `${request.method} ${pathOnly(request)}`, exception);
    }
    answerError(exception, request, http.getResponse<FastifyReply>(), this.logger);
  }
}

/** The same for errors that never reach Nest. */
export function answerError(exception: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const path = pathOnly(request);
  const isUnrouted = request.is404;
  const allowedMethods = isUnrouted ? (request.server.routeTable?.methodsOf(path) ?? []) : [];
  const error = toReplogError(exception, { method: request.method, path, isUnrouted, allowedMethods });
  if (error.code === 'INTERNAL') {
    logger.error({ requestId: request.id, err: exception }, `${request.method} ${path} met an unexpected error`);
  }
  const { status, headers, body } = answerProblem(withPath(error, request.url), request.id);
  if (reply.raw.headersSent) {
    // The answer had begun. Cutting the connection is the only way left to tell the client that it is not whole.
    logger.warn({ requestId: request.id, code: error.code }, `${request.method} ${path}: the answer broke off`);
    reply.raw.destroy();
  } else if (reply.sent) {
    reply.raw.writeHead(status, headers).end(body);
  } else {
    void reply.code(status).headers(headers).send(body);
  }
}

function pathOnly({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? url;
}

/** Who is sent to the master is sent to the same path and query there. */
function withPath(error: ReplogError, url: string): ReplogError {
  const { location } = error.details;
  if (error.code !== 'NOT_MASTER' || location === undefined) return error;
  return new ReplogError(error.code, error.message, { ...error.details, location: `${location}${pathOf(url)}` });
}

/** A request line may hold a whole URL (RFC 9112, section 3.2.2); its host is not ours to repeat. */
function pathOf(url: string): string {
  if (url.startsWith('/') || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
