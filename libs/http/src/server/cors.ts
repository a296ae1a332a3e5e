/**
 * CORS: which pages may use this node from a browser (`CORS_ORIGINS`). The browser asks beforehand, without a key, and lets
 * scripts see no header that is not named here. Cookies play no part, so a key is all that opens a route.
 */
import cors from '@fastify/cors';
import type { FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { HEADERS } from '@replog/contracts/http.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const ALLOWED = [
  HEADERS.apiKey,
  'authorization',
  HEADERS.idempotencyKey,
  HEADERS.lastEventId,
  'content-type',
  HEADERS.requestId,
];
const EXPOSED = ['location', 'etag', 'allow', 'retry-after', HEADERS.requestId, HEADERS.node, HEADERS.master];
/** As long as most browsers remember at most. */
const REMEMBERED_S = 7_200;

export function openToPages(fastify: FastifyInstance, { corsOrigins }: Pick<NodeConfig, 'corsOrigins'>): void {
  if (corsOrigins.length === 0) return;
  const options = {
    origin: [...corsOrigins],
    methods: METHODS,
    allowedHeaders: ALLOWED,
    exposedHeaders: EXPOSED,
    maxAge: REMEMBERED_S,
  };
  const delegator: FastifyCorsOptionsDelegateCallback = ({ headers }, done) => {
    const isPreflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    // Any other OPTIONS asks which methods a path has.
    done(null, { ...options, preflight: isPreflight });
  };
  void fastify.register(cors, { delegator });
}
