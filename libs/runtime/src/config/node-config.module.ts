import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';

import type { Role } from '@replog/contracts/http.js';

import { NODE_CONFIG } from '../tokens/injection-tokens.js';
import { NodeConfig } from './node-config.js';
import { CONFIG_KEY, validateEnvironment } from './read-node-config.js';

/** The checked configuration as `ConfigService` has it. */
export const nodeConfigProvider: FactoryProvider<NodeConfig> = {
  provide: NodeConfig,
  inject: [ConfigService],
  useFactory: (service: ConfigService) => service.getOrThrow<NodeConfig>(CONFIG_KEY),
};

export interface NodeConfigOptions {
  /** Goes before `SERVER_TYPE`. */
  readonly firstRole?: Role | undefined;
  readonly envFilePath?: string;
}

/** Reads the environment, which goes before `.env` of the working directory, and provides `NodeConfig`. Global. */
@Module({})
export class NodeConfigModule {
  /** Rejects with `ConfigError`, which lists every fault. */
  static async forRoot({ firstRole, envFilePath = '.env' }: NodeConfigOptions = {}): Promise<DynamicModule> {
    const validate = (env: NodeJS.ProcessEnv) => validateEnvironment(env, firstRole);
    return {
      module: NodeConfigModule,
      global: true,
      imports: [await ConfigModule.forRoot({ isGlobal: true, cache: true, envFilePath, validate })],
      providers: [nodeConfigProvider, { provide: NODE_CONFIG, useExisting: NodeConfig }],
      exports: [NodeConfig, NODE_CONFIG],
    };
  }
}
