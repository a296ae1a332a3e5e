import type { FastifyInstance } from 'fastify';

import type { Logger } from 'pino';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

import { pathOnly } from '../requests/path-only.js';

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** The path as the route declares it: `/messages/:wc`, or `none`. */
  readonly route: string;
  readonly url: string;
  readonly status: number;
  /** From the arrival of the head to the end of the answer. */
  readonly ms: number;
}

export interface Observers {
  readonly logger: Logger;
  readonly metrics: NodeMetrics;
}

/** Counts and logs every request that Fastify answers. */
export function observeRequests(fastify: FastifyInstance, observers: Observers): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { id: requestId, method, url } = request;
    const route = request.routeOptions.url ?? 'none';
    observeAnswer({ requestId, method, route, url, status: reply.raw.statusCode, ms: reply.elapsedTime }, observers);
    done();
  });
}

/**
 * Counts a request and logs it once answered: at `debug` for success and errors of the caller, at `warn` for what the
 * node had to refuse for now, at `error` for faults of the node. A health check that hears "not now" was not refused.
 */
export function observeAnswer(answered: AnsweredRequest, { logger, metrics }: Observers): void {
  const { requestId, method, route, status } = answered;
  metrics.countRequest(method, route, status);
  const level = levelOf(answered);
  if (!logger.isLevelEnabled(level)) return;
  const url = pathOnly(answered.url);
  const ms = Math.round(answered.ms * 100) / 100;
  logger[level]({ requestId, method, url, status, ms }, `${method} ${url} ${status}`);
}

function levelOf({ status, url }: AnsweredRequest): 'debug' | 'warn' | 'error' {
  if (status < 500 || (status === 503 && url.startsWith('/healthcheck'))) return 'debug';
  return status === 500 ? 'error' : 'warn';
}
