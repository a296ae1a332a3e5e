import type { FastifyInstance } from 'fastify';

import type { Logger } from 'pino';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** As routes are declared: `/messages/:wc`, or `none`. */
  readonly route: string;
  readonly url: string;
  readonly status: number;
  /** From its head's arrival to the end of its answer. */
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
 * Counts a request and logs it once answered: at `debug` what went as it should or was the caller's fault, at `warn`
 * what the node had to refuse for now, at `error` its own faults.
 */
export function observeAnswer(answered: AnsweredRequest, { logger, metrics }: Observers): void {
  const { requestId, method, route, url, status } = answered;
  metrics.countRequest(method, route, status);
  const level = levelOf(status);
  if (!logger.isLevelEnabled(level)) return;
  const ms = Math.round(answered.ms * 100) / 100;
  logger[level]({ requestId, method, url, status, ms }, `${method} ${url} ${status}`);
}

function levelOf(status: number): 'debug' | 'warn' | 'error' {
  if (status < 500) return 'debug';
  return status === 500 ? 'error' : 'warn';
}
