import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { CLOCK, LOG_STORE, LOGGER, NODE_CONFIG, NODE_VIEW, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

/** Global: the clock, config and logger of the node, and read-only views of the node and its log. */
@Module({})
export class ContextModule {
  static of(context: NodeContext): DynamicModule {
    context.metrics.follow(context.view, context.log);
    const shared: Provider[] = [
      { provide: NodeConfig, useValue: context.config },
      { provide: NODE_CONFIG, useExisting: NodeConfig },
      { provide: NODE_VIEW, useValue: context.view },
      { provide: LOG_STORE, useValue: context.log },
      { provide: CLOCK, useValue: context.clock },
      { provide: RANDOM, useValue: context.random },
      { provide: LOGGER, useValue: context.logger },
      { provide: NodeMetrics, useValue: context.metrics },
      { provide: ServiceTokens, useValue: context.tokens },
    ];
    return {
      module: ContextModule,
      global: true,
      providers: shared,
      exports: shared,
    };
  }
}
