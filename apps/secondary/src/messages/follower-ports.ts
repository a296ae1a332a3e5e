/** What following a master needs. */
import type { Logger } from 'pino';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { VoteBook } from '@replog/cluster/votes/vote-book.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

export interface FollowerPorts {
  readonly node: LocalNode;
  readonly votes: VoteBook;
  readonly transport: Pick<Transport, 'records'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Receives damage found while handling a frame of the master. */
  readonly damage: DamageReporter;
  readonly metrics: Pick<NodeMetrics, 'countMasterChange'>;
  readonly config: Pick<NodeConfig, 'delay' | 'segmentBytes'>;
}
