/** Automatic failover as clients see it. */
import type { FailoverView } from '@replog/contracts/views.js';
import { failoverStanding } from '@replog/core/election/failover.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { NodeParts } from '../node/node-parts.js';

interface Ports {
  readonly node: Pick<NodeParts['node'], 'membership'>;
  readonly clock: Pick<NodeParts['clock'], 'wallMs'>;
  readonly config: Pick<NodeParts['config'], 'failover'>;
}

export function failoverView({ node, clock, config }: Ports): FailoverView {
  const { mode, pausedUntilMs, possible, why } = failoverStanding(config, node.membership, clock.wallMs());
  const pausedUntil = pausedUntilMs === null ? null : isoTime(pausedUntilMs);
  return { mode, paused: pausedUntil !== null, pausedUntil, possible, why };
}
