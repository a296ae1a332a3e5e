import type { Clock, Random } from '@replog/contracts/ports.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { Logger } from 'pino';

import { SystemClock } from '@replog/runtime/clock/system-clock.js';
import { SystemRandom } from '@replog/runtime/clock/system-random.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import type { NodeView } from './node-view.js';

/** What a node has in every role. It is opened once and passed to each role. */
export interface NodeContext {
  readonly config: NodeConfig;
  readonly view: NodeView;
  readonly log: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: NodeMetrics;
  readonly tokens: ServiceTokens;
}

export type NodeEquipment = Omit<NodeContext, 'view' | 'log'>;

/** What a node has before its log is open. `config` has its final node id. */
export function equipNode(config: NodeConfig, given: Partial<NodeEquipment> = {}): NodeEquipment {
  const clock = given.clock ?? new SystemClock();
  return {
    config,
    clock,
    random: given.random ?? new SystemRandom(),
    logger: given.logger ?? createLogger(config),
    metrics: given.metrics ?? createMetrics(),
    tokens: given.tokens ?? new ServiceTokens(config, clock),
  };
}
