/** Fastify as a node uses it. It opens no port: the node passes requests to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { answerError } from '../problems/problem.filter.js';
import { bodyLimitBytes, bodyTooLarge, refuseEncoding } from '../requests/body-refusals.js';
import { JsonBody } from '../requests/json-bodies.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { openToPages } from './cors.js';
import { observeRequests } from './observe-requests.js';
import type { Observers } from './observe-requests.js';
import { protectPages } from './protect-pages.js';
import { requestIdOf } from './request-id.js';
import { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyInstance {
    routeTable?: RouteTable;
  }
}

/** Room for an idempotency key of 255 characters, each percent-encoded, and some more. */
const MAX_PARAMETER_LENGTH = 1024;

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface NodeAdapter {
  readonly adapter: FastifyAdapter;
  readonly handle: RequestHandler;
}

export interface AdapterContext extends Observers {
  readonly config: NodeConfig;
  readonly random: Random;
}

export function createNodeAdapter(context: AdapterContext): NodeAdapter {
  const { config, logger, random } = context;
  let handle: RequestHandler | undefined;
  /** Every answer names its request and the node. */
  const identify = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.header(HEADERS.requestId, request.id).header(HEADERS.node, config.nodeId);
  };
  const adapter = new FastifyAdapter({
    serverFactory: (handler: RequestHandler) => {
      handle = handler;
      return createServer();
    },
    genReqId: (request: IncomingMessage) => requestIdOf(request, random),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // Errors of Fastify before its hooks run, such as a path that is not a URL.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      identify(request, reply);
      answerError(error, request, reply, logger);
    },
    // The node itself decides what it still accepts while it closes, and refuses the rest with its usual errors.
    return503OnClosing: false,
    // Nothing here uses Express-style middleware, and it would cost time on every request.
    skipMiddie: true,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  keepBodiesUnread(fastify, bodyLimitBytes(config));
  keepRoutes(fastify);
  protectPages(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    identify(request, reply);
    done();
  });
  openToPages(fastify, config);
  observeRequests(fastify, context);
  if (handle === undefined) throw new Error('Fastify has not created its server yet');
  return { adapter, handle };
}

/**
 * A body is read by who needs it, after the guards. One of another type or encoding, or one that says it is too long, is
 * refused before.
 */
function keepBodiesUnread(fastify: FastifyInstance, maxBytes: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('preParsing', (request, _reply, body, done) => {
    try {
      const { 'content-encoding': encoding, 'content-type': type, 'content-length': length } = request.headers;
      refuseEncoding(encoding);
      if (!request.is404 && Number(length ?? 0) > maxBytes && type?.startsWith(MEDIA.ndjson) !== true)
        throw bodyTooLarge();
      done(null, body);
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser(MEDIA.json, (_request, stream, done) => done(null, new JsonBody(stream)));
  fastify.addContentTypeParser(MEDIA.ndjson, (_request, stream, done) => done(null, stream));
}

function keepRoutes(fastify: FastifyInstance): void {
  const table = new RouteTable();
  fastify.decorate('routeTable', table);
  fastify.addHook('onRoute', (route) => table.add(route));
}
