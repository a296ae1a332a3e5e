import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { describe, expect, it } from 'vitest';
import { sumOf, syncsOf } from './syncs.js';

describe('what metrics say', () => {
  it('is the sum over all labels of one name or one of them, and of no longer name', async () => {
    const metrics = createMetrics();
    metrics.countAppends('satisfied', 3);
    metrics.countAppends('pending', 2);
    const text = await metrics.text();
    expect(sumOf(text, 'replog_appends_total')).toBe(5);
    expect(sumOf(text, 'replog_appends_total', 'outcome="pending"')).toBe(2);
    expect(sumOf(text, 'replog_appends')).toBe(0);
  });

  it('of syncs is how many there were, and of how many records', async () => {
    const metrics = createMetrics();
    metrics.syncBatch.observe(10);
    metrics.syncBatch.observe(30);
    expect(syncsOf(await metrics.text())).toEqual({ count: 2, records: 40 });
  });
});
