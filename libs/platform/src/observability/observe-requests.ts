import type { FastifyInstance } from 'fastify';

import type { NodeContext } from '../node/node-context.js';

/**
 * Counts every request and logs it once answered: at `debug` what went as it should or was the caller's fault, at
 * `warn` what the node had to refuse for now, at `error` its own faults.
 */
export function observeRequests(fastify: FastifyInstance, context: Pick<NodeContext, 'logger' | 'metrics'>): void {
  const { logger, metrics } = context;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const { statusCode: status } = reply.raw;
    metrics.requests.inc({ method, route: request.routeOptions.url ?? 'none', status });
    const level = levelOf(status);
    if (logger.isLevelEnabled(level)) {
      const ms = Math.round(reply.elapsedTime * 100) / 100;
      const fields = { requestId: request.id, method, url: request.url, status, ms };
      logger[level](fields, `${method} ${request.url} ${status}`);
    }
    done();
  });
}

function levelOf(status: number): 'debug' | 'warn' | 'error' {
  if (status < 500) return 'debug';
  return status === 500 ? 'error' : 'warn';
}
