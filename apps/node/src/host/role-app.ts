/** A role as an application that owns no port: the node hands it requests and upgrades while the role is in force. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Role } from '@replog/contracts/http.js';

import { answerProblem } from '@replog/http/problems/answer-problem.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { PinoLoggerService } from '@replog/runtime/logging/pino-logger.service.js';
import { setupSwagger } from '@replog/http/openapi/setup-swagger.js';
import type { DirectRequest } from '@replog/http/plain/direct-connection.js';
import { directRequest } from '@replog/http/plain/direct-request.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import type { RequestHead } from '@replog/http/server/early-requests.js';
import { RequestsInFlight } from '@replog/http/server/requests-in-flight.js';
import { createRoleAdapter } from '@replog/http/server/fastify-adapter.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';

export interface RoleApp {
  readonly app: NestFastifyApplication;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** How requests with this head are answered without `node:http`; `null` where they are not. */
  recognize(head: RequestHead): DirectRequest | null;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses what is new from now on, runs the shutdown hooks of every module, then lets the answers out that are under way. Idempotent. */
  close(): Promise<void>;
}

/** Builds a role: on return its bootstrap hooks have run. `rootModule` imports `PlatformModule.forNode`. */
export async function createRoleApp(
  rootModule: Type | DynamicModule,
  context: NodeContext,
  role: Role = context.view.role,
): Promise<RoleApp> {
  const { adapter, handle } = createRoleAdapter(context);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    bodyParser: false,
    logger: new PinoLoggerService(context.logger),
    abortOnError: false,
  });
  setupSwagger(app, `Replog ${role}`);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();

  const upgrades = app.get(UpgradeRouter);
  const early = app.get(EarlyRequests);
  const inFlight = new RequestsInFlight();
  let closing: Promise<void> | null = null;
  return {
    app,
    handle: (request, response) => {
      if (closing !== null && !isHealthcheck(request)) {
        refuse(response);
        return;
      }
      inFlight.add(response);
      if (!early.take(request, response)) handle(request, response);
    },
    recognize: (head) => {
      const known = early.recognize(head);
      return known === null ? null : directRequest(known, () => closing === null && early.isOpen, inFlight);
    },
    upgrade: (request, socket, head) => void upgrades.upgrade(request, socket, head),
    close: () => (closing ??= app.close().then(() => inFlight.drain(context.clock, context.config.shutdownGraceMs))),
  };
}

/** While a role closes, probes are still told how it stands. */
function isHealthcheck(request: IncomingMessage): boolean {
  return request.url?.startsWith('/healthcheck') === true;
}

/** Once waiting writes are being settled no new one may begin: it would be cut off without an answer. */
function refuse(response: ServerResponse): void {
  const error = new ReplogError('SHUTTING_DOWN', 'The node is shutting down; ask another one, or this one later.', {
    retryAfterS: 1,
  });
  const { status, headers, body } = answerProblem(error);
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}
