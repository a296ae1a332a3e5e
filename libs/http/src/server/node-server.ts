import type { Server } from 'node:http';
import { createServer } from 'node:http';

/** How long a connection may be idle. Longer than usual load balancers allow, so that it is not this end that closes first. */
export const MAX_IDLE_MS = 65_000;
/** How long a request may take to arrive. */
export const MAX_ARRIVAL_MS = 300_000;

/**
 * The server that owns the port. Its limits are on how long a request may take to arrive; how long an answer may
 * take has none, since a client may wait for its write concern for a day.
 */
export function createNodeServer(): Server {
  return createServer({
    keepAlive: true,
    noDelay: true,
    keepAliveTimeout: MAX_IDLE_MS,
    headersTimeout: 60_000,
    requestTimeout: MAX_ARRIVAL_MS,
  });
}
