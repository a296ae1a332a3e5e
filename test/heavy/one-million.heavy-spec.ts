import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { load, readSlowly } from '../support/flat-memory.js';

const COUNT = 1_000_000;

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

describe('one million messages', () => {
  it('are streamed to a client that reads slowly, all and in order, at flat memory', async () => {
    cluster = await Cluster.start(0, { SEGMENT_BYTES: '64MiB' });
    const loadedPerSecond = await load(cluster.master, COUNT);
    const figures = { loadedPerSecond, ...(await readSlowly(cluster, COUNT)) };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(figures.growthMiB).toBeLessThan(64);
  });
});
