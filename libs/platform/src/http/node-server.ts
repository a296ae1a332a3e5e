import type { Server } from 'node:http';
import { createServer } from 'node:http';

/**
 * The server that owns the port. Its limits are on how long a request may take to arrive; how long an answer may
 * take has none, since a client may wait for its write concern for a day.
 */
export function createNodeServer(): Server {
  return createServer({
    keepAlive: true,
    noDelay: true,
    // Longer than the idle time of usual load balancers, so that it is not this end that closes first.
    keepAliveTimeout: 65_000,
    headersTimeout: 60_000,
    requestTimeout: 300_000,
  });
}
