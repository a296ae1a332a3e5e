/** What following a master stands on. */
import type { Logger } from 'pino';
import type { Clock, Random } from '@replog/contracts';
import type { LogStore } from '@replog/log-store';
import type { DamageReporter, LocalNode, NodeConfig, PromiseBook } from '@replog/platform';

export interface FollowerPorts {
  readonly node: LocalNode;
  readonly store: LogStore;
  readonly promises: PromiseBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Told of a damaged record that a frame of the master made this node read. */
  readonly damage: DamageReporter;
  readonly delay: NodeConfig['delay'];
  readonly segmentBytes: NodeConfig['segmentBytes'];
}
