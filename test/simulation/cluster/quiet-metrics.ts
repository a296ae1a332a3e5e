/** Metrics that nobody reads: the real ones watch the real process. */
import type { NodeMetrics } from '@replog/platform';

export function quietMetrics(): NodeMetrics {
  const metrics: Partial<NodeMetrics> = {
    countAppends: () => undefined,
    observeConcernWait: () => undefined,
    followOffice: () => () => undefined,
  };
  return metrics as NodeMetrics;
}
