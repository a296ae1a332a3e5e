/** The Nest application of a node. It owns no port: the door passes requests and upgrades to it. */
import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { setupSwagger } from '@replog/http/openapi/setup-swagger.js';
import { FastPath } from '@replog/http/fast-path/fast-path.js';
import { createNodeAdapter } from '@replog/http/server/fastify-adapter.js';
import type { RequestHandler } from '@replog/http/server/fastify-adapter.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { PinoLoggerService } from '@replog/runtime/logging/pino-logger.service.js';

export interface NodeApp {
  readonly app: NestFastifyApplication;
  readonly handle: RequestHandler;
  /** Receives each request first. */
  readonly fastPath: FastPath;
  readonly upgrades: UpgradeRouter;
}

/** How Nest makes the application. Tests make it with `@nestjs/testing`. */
export type CreateApplication = (
  rootModule: Type | DynamicModule,
  adapter: FastifyAdapter,
  options: NestApplicationOptions,
) => Promise<NestFastifyApplication>;

const byFactory: CreateApplication = (...given) => NestFactory.create<NestFastifyApplication>(...given);

/** When it resolves, the bootstrap hooks of all modules have run. */
export async function createNodeApp(
  rootModule: Type | DynamicModule,
  context: Pick<NodeContext, 'config' | 'logger' | 'metrics' | 'random'>,
  create = byFactory,
): Promise<NodeApp> {
  const { adapter, handle } = createNodeAdapter(context);
  const app = await create(rootModule, adapter, {
    bodyParser: false,
    logger: new PinoLoggerService(context.logger),
    abortOnError: false,
  });
  setupSwagger(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, handle, fastPath: app.get(FastPath), upgrades: app.get(UpgradeRouter) };
}
