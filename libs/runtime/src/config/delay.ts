/** `DELAY`: how long this node waits on purpose before it answers a write or applies records. */
import type { Random } from '@replog/contracts/ports.js';
import type { NodeConfig } from './node-config.js';

/** Milliseconds for the next write; 0 if no delay is configured. */
export function nextDelayMs(delay: NodeConfig['delay'], random: Random): number {
  return delay === null ? 0 : delay.minMs + random.next() * (delay.maxMs - delay.minMs);
}
