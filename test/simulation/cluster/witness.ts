/** Sees what the nodes of a run do and say, as it happens. A run with one takes the same course as one without. */
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';

export interface Witness {
  /** The process of `name` has opened its log and state, and has done nothing yet. */
  opened(name: string, node: LocalNode): void;
  /** A frame leaves one end of a link for the other. */
  frameSent(from: string, to: string, frame: Buffer): void;
  /** The way over which `from` asks others: to be handed back as it is, or with somebody who listens in. */
  transportOf(from: string, transport: Transport): Transport;
}
