import type { Provider } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ProblemFilter } from '@replog/http/problems/problem.filter.js';
import { RequestPipe } from '@replog/http/requests/request.pipe.js';
import { ApiKeyGuard } from '@replog/http/security/api-key.guard.js';
import { ApiKeys } from '@replog/http/security/api-keys.js';
import { RefusedNodes } from '@replog/http/security/refused-nodes.js';
import { ServiceGate } from '@replog/http/security/service-gate.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { MasterOnlyGuard } from './master-only.guard.js';

const shared: Provider[] = [ApiKeys, EarlyRequests, RefusedNodes, ServiceGate, UpgradeRouter];

/** In this order: what a node is has nothing to say to a caller that shows no key. */
const pipeline: Provider[] = [
  { provide: APP_GUARD, useClass: ApiKeyGuard },
  { provide: APP_GUARD, useClass: MasterOnlyGuard },
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_PIPE, useClass: RequestPipe },
];

/** How requests come in: keys and tokens, who may ask what, how bodies are read and errors answered. */
@Global()
@Module({ providers: [...shared, ...pipeline], exports: shared })
export class ServerModule {}
