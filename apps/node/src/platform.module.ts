import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';

import { ProblemFilter } from '@replog/http/problems/problem.filter.js';
import { RequestPipe } from '@replog/http/requests/request.pipe.js';
import { HealthcheckModule } from './api/health/healthcheck.module.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import {
  CLOCK,
  LOG_STORE,
  LOGGER,
  METRICS,
  NODE_CONFIG,
  NODE_VIEW,
  RANDOM,
} from '@replog/runtime/tokens/injection-tokens.js';
import { MetricsController } from './api/metrics/metrics.controller.js';
import { ApiKeyGuard } from '@replog/http/security/api-key.guard.js';
import { ApiKeys } from '@replog/http/security/api-keys.js';
import { RefusedNodes } from '@replog/http/security/refused-nodes.js';
import { ServiceGate } from '@replog/http/security/service-gate.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

/** What every node stands on, whatever its role. Global: a module of a role injects what it needs. */
@Module({})
export class PlatformModule {
  static forNode(context: NodeContext): DynamicModule {
    context.metrics.follow(context.view, context.log);
    const shared: Provider[] = [
      { provide: NodeConfig, useValue: context.config },
      { provide: NODE_CONFIG, useExisting: NodeConfig },
      { provide: NODE_VIEW, useValue: context.view },
      { provide: LOG_STORE, useValue: context.log },
      { provide: CLOCK, useValue: context.clock },
      { provide: RANDOM, useValue: context.random },
      { provide: LOGGER, useValue: context.logger },
      { provide: METRICS, useValue: context.metrics },
      { provide: ServiceTokens, useValue: context.tokens },
      ApiKeys,
      EarlyRequests,
      RefusedNodes,
      ServiceGate,
      UpgradeRouter,
    ];
    const pipeline: Provider[] = [
      { provide: APP_GUARD, useClass: ApiKeyGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: RequestPipe },
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [HealthcheckModule],
      controllers: [MetricsController],
      providers: [...shared, ...pipeline],
      exports: shared,
    };
  }
}
