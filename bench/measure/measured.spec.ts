import { describe, expect, it } from 'vitest';
import { figuresOf } from './measured.js';
import type { Stock } from './measured.js';

const BEFORE: Stock = {
  atMs: 1_000,
  nodeSeconds: 10,
  loadSeconds: 5,
  busySeconds: 100,
  memory: { residentMiB: 80, peakMiB: 90 },
  syncs: [
    { count: 50, records: 500 },
    { count: 40, records: 400 },
  ],
};
const AFTER: Stock = {
  atMs: 5_000,
  nodeSeconds: 12,
  loadSeconds: 6,
  busySeconds: 107,
  memory: { residentMiB: 100, peakMiB: 120 },
  syncs: [
    { count: 150, records: 4_500 },
    { count: 140, records: 4_400 },
  ],
};

describe('the figures of a round', () => {
  const figures = figuresOf({ messages: 40_000, seconds: 4, p50Ms: 2 }, BEFORE, AFTER, 2);

  it('are what was achieved', () => {
    expect(figures).toMatchObject({ messagesPerSecond: 10_000, seconds: 4, p50Ms: 2, p99Ms: null, failures: 0 });
  });

  it('say what the nodes used for a message', () => {
    expect(figures).toMatchObject({ cpuUs: 50, residentMiB: 100, peakMiB: 120 });
  });

  it('count syncs of all nodes, and records a sync of the first', () => {
    expect(figures).toMatchObject({ syncsPerMessage: 0.005, batchRecords: 40 });
  });

  it('say what the load generator and everybody else took', () => {
    expect(figures).toMatchObject({ loadShare: 0.25, othersShare: 0.5 });
  });

  it('have nothing to say of syncs where nobody counts them, nor of a message where there was none', () => {
    const none = figuresOf({ messages: 0, seconds: 4 }, { ...BEFORE, syncs: null }, { ...AFTER, syncs: null }, 2);
    expect(none).toMatchObject({ messagesPerSecond: 0, cpuUs: null, syncsPerMessage: null, batchRecords: null });
  });
});
