/** Fastify as a node uses it. It opens no port: the node hands it requests. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { answerError } from '../problems/problem.filter.js';
import { bodyLimitBytes } from '../requests/body-refusals.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { observeRequests } from './observe-requests.js';
import type { Observers } from './observe-requests.js';
import { requestIdOf } from './request-id.js';
import { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyInstance {
    routeTable?: RouteTable;
  }
}

/** An idempotency key of 255 characters, each percent-encoded, and some. */
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
  /** Every answer says which request it is for and who gives it. */
  const identify = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.header(HEADERS.requestId, request.id).header(HEADERS.node, config.nodeId);
  };
  const adapter = new FastifyAdapter({
    serverFactory: (handler: RequestHandler) => {
      handle = handler;
      return createServer();
    },
    genReqId: (request: IncomingMessage) => requestIdOf(request, random),
    bodyLimit: bodyLimitBytes(config),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // What Fastify refuses before its hooks run, such as a path that is no URL.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      identify(request, reply);
      answerError(error, request, reply, logger);
    },
    // The door of the node decides what is still taken, and refuses the rest in the words of every other error.
    return503OnClosing: false,
    // Nothing here uses Express-style middleware, and every request would pay for it.
    skipMiddie: true,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  keepBodiesRaw(fastify);
  keepRoutes(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    identify(request, reply);
    done();
  });
  observeRequests(fastify, context);
  if (handle === undefined) throw new Error('Fastify has not asked for its server');
  return { adapter, handle };
}

/** JSON arrives as its bytes, a batch as the stream it is; any other type is refused before it is read. */
function keepBodiesRaw(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(MEDIA.json, { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
  fastify.addContentTypeParser(MEDIA.ndjson, (_request, stream, done) => done(null, stream));
}

function keepRoutes(fastify: FastifyInstance): void {
  const table = new RouteTable();
  fastify.decorate('routeTable', table);
  fastify.addHook('onRoute', (route) => table.add(route));
}
