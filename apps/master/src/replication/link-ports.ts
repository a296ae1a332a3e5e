/** What a link stands on. */
import type { Clock, Random } from '@replog/contracts';
import type { LogStore } from '@replog/log-store';
import type { LocalNode, Transport } from '@replog/platform';
import type { AppendFrames } from './append-frames.js';

export interface LinkPorts {
  readonly node: LocalNode;
  readonly store: LogStore;
  readonly frames: AppendFrames;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
}
