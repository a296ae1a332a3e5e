import type { Provider } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { TailTokens } from '@replog/runtime/tokens/tail-tokens.js';
import { FastPath } from '@replog/http/fast-path/fast-path.js';
import { ProblemFilter } from '@replog/http/problems/problem.filter.js';
import { KnownParametersGuard } from '@replog/http/requests/known-parameters.guard.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import { JsonBodies } from '@replog/http/requests/json-bodies.js';
import { RequestPipe } from '@replog/http/requests/request.pipe.js';
import { ApiKeyGuard } from '@replog/http/security/api-key.guard.js';
import { ApiKeys } from '@replog/http/security/api-keys.js';
import { ClientGate } from '@replog/http/security/client-gate.js';
import { RefusedNodes } from '@replog/http/security/refused-nodes.js';
import { ServiceGate } from '@replog/http/security/service-gate.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { MasterOnlyGuard } from './master-only.guard.js';

const shared: Provider[] = [
  ApiKeys,
  ClientGate,
  FastPath,
  InflightBodies,
  JsonBodies,
  RefusedNodes,
  ServiceGate,
  UpgradeRouter,
  { provide: TailTokens, inject: [ServiceTokens], useFactory: (tokens: ServiceTokens) => new TailTokens(tokens) },
];

/** The order matters: a caller without a key learns nothing about the node's role. */
const pipeline: Provider[] = [
  { provide: APP_GUARD, useClass: ApiKeyGuard },
  { provide: APP_GUARD, useClass: KnownParametersGuard },
  { provide: APP_GUARD, useClass: MasterOnlyGuard },
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_PIPE, useClass: RequestPipe },
];

/** The request pipeline: keys and tokens, permissions, body parsing, error answers. */
@Global()
@Module({ providers: [...shared, ...pipeline], exports: shared })
export class ServerModule {}
