import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';

import { ProblemFilter } from './errors/problem.filter.js';
import { RequestPipe } from './errors/request.pipe.js';
import { HealthModule } from './health/health.module.js';
import { EarlyRequests } from './http/early-requests.js';
import { UpgradeRouter } from './http/upgrade-router.js';
import type { NodeContext } from './node/node-context.js';
import { CLOCK, LOG_STORE, LOGGER, METRICS, NODE_CONFIG, NODE_VIEW, RANDOM } from './node/node-ports.js';
import { MetricsController } from './observability/metrics.controller.js';
import { ApiKeyGuard } from './security/api-key.guard.js';
import { ApiKeys } from './security/api-keys.js';
import { RefusedNodes } from './security/refused-nodes.js';
import { ServiceGate } from './security/service-gate.js';
import { ServiceTokens } from './security/service-tokens.js';

/** What every node stands on, whatever its role. Global: a module of a role injects what it needs. */
@Module({})
export class PlatformModule {
  static forNode(context: NodeContext): DynamicModule {
    context.metrics.follow(context.view, context.log);
    const shared: Provider[] = [
      { provide: NODE_CONFIG, useValue: context.config },
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
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          // Read and checked already, in one place: ConfigService shows that, and the environment to nobody.
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [() => ({ ...context.config })],
        }),
        HealthModule,
      ],
      controllers: [MetricsController],
      providers: [...shared, ...pipeline],
      exports: shared,
    };
  }
}
