/** Metrics that nobody scrapes: the real ones watch the real process. What a run wants to know it counts. */
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

export function quietMetrics(count: (what: string) => void): NodeMetrics {
  const counter = (what: string): { inc: () => void } => ({ inc: () => count(what) });
  const metrics: Partial<Record<keyof NodeMetrics, unknown>> = {
    countAppends: () => undefined,
    observeConcernWait: () => undefined,
    followTerm: () => () => undefined,
    scrubPosition: { set: () => undefined },
    scrubPasses: counter('scrub passes'),
    scrubDamaged: counter('scrubs that met damage'),
    chainDifferences: counter('chain differences named'),
  };
  return metrics as NodeMetrics;
}
