/** What a master's term needs: parts of its node, which outlive the term. */
import type { Logger } from 'pino';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

export interface MasterTermPorts {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: NodeConfig;
  readonly logger: Logger;
  readonly metrics: NodeMetrics;
  readonly damage: DamageReporter;
}
