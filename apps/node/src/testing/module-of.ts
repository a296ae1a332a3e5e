/** A root module for specs: the server of a node plus the modules under test. */
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { ContextModule } from '../opened/context.module.js';
import { ServerModule } from '../server/server.module.js';

@Module({})
class SpecModule {}

/** Global: every module can inject the extra providers. */
export function moduleOf(context: NodeContext, { imports = [], ...beside }: ModuleMetadata): DynamicModule {
  return {
    module: SpecModule,
    global: true,
    imports: [ContextModule.of(context), ServerModule, ...imports] as NonNullable<DynamicModule['imports']>,
    ...beside,
  };
}
