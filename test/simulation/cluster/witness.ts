/** Sees what the nodes of a run do and send, as it happens. It does not change the run. */
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';

export interface Witness {
  /** The process of `name` has opened its log and state, and has done nothing yet. */
  opened(name: string, node: LocalNode): void;
  /** A frame leaves one end of a link for the other. */
  frameSent(from: string, to: string, frame: Buffer): void;
  /** The transport of `from`. Answers it as it is, or wrapped. */
  transportOf(from: string, transport: Transport): Transport;
}
