/** What a link needs from its node and term. */
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { AppendFrames } from './append-frames.js';

export interface LinkPorts {
  readonly node: LocalNode;
  readonly store: LogStore;
  readonly frames: AppendFrames;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
}
