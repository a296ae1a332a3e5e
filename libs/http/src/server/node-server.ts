import type { Server } from 'node:http';
import { createServer } from 'node:http';

import type { NodeConfig } from '@replog/runtime/config/node-config.js';

import { MAX_HEADER_LINES } from './bad-requests.js';

/** How often `node:http` checks for requests that arrive too slowly; more often if their timeout is shorter. */
const CHECK_INTERVAL_MS = 30_000;

type Timeouts = Pick<NodeConfig, 'keepAliveTimeoutMs' | 'headersTimeoutMs' | 'requestTimeoutMs'>;

/**
 * The server that owns the port. It limits the time a request may take to arrive, but not the time of its answer: a
 * client may wait a day for its write concern.
 */
export function createNodeServer(timeouts: Timeouts): Server {
  const server = createServer({
    // Refused by `refusalOfHead`.
    requireHostHeader: false,
    keepAlive: true,
    noDelay: true,
    keepAliveTimeout: timeouts.keepAliveTimeoutMs,
    headersTimeout: timeouts.headersTimeoutMs,
    requestTimeout: timeouts.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, timeouts.headersTimeoutMs),
  });
  // A client that has sent its request and closed its side still gets its answer. Not among the documented options.
  Object.assign(server, { httpAllowHalfOpen: true });
  // One more, so that a request with too many is recognised.
  server.maxHeadersCount = MAX_HEADER_LINES + 1;
  return server;
}
