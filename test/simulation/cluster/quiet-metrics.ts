/** Metrics without a scrape: the real ones watch the real process. A run counts what it needs itself. */
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';

export function quietMetrics(count: (what: string) => void): NodeMetrics {
  const counter = (what: string): { inc: () => void } => ({ inc: () => count(what) });
  const metrics: Partial<Record<keyof NodeMetrics, unknown>> = {
    countAppends: () => undefined,
    observeConcernWait: () => undefined,
    countElection: () => undefined,
    countMasterChange: () => undefined,
    withoutMaster: { inc: () => undefined },
    followTerm: () => () => undefined,
    scrubPosition: { set: () => undefined },
    scrubPasses: counter('scrub passes'),
    scrubDamaged: counter('scrubs that met damage'),
    chainDifferences: counter('chain differences named'),
    revisions: counter('acknowledgements revised'),
  };
  return metrics as NodeMetrics;
}
