import { describe, expect, it } from 'vitest';
import { parsePgbench } from './pgbench.js';

const OUTPUT = `pgbench (15.18 (Debian 15.18-0+deb12u1))
transaction type: /tmp/insert.sql
number of transactions actually processed: 4
number of failed transactions: 0 (0.000%)
latency average = 0.600 ms
tps = 2000.000000 (without initial connection time)
`;
const LOG = '0 1 900 0 1700000000 1\n0 2 500 0 1700000000 2\n1 1 700 0 1700000000 3\n1 2 4000 0 1700000000 4\n';

describe('what pgbench found', () => {
  it('is its own rate, and percentiles of every transaction', () => {
    expect(parsePgbench(OUTPUT, LOG, 2)).toEqual({
      requests: 4,
      seconds: 0.002,
      p50Ms: 0.9,
      p99Ms: 4,
      maxMs: 4,
      failures: 0,
    });
  });

  it('is nothing where all of its time went by before the first transaction', () => {
    const output =
      'duration: 1 s\nnumber of transactions actually processed: 0\nnumber of failed transactions: 0 (NaN%)\n';
    expect(parsePgbench(output, '', 256)).toEqual({
      requests: 0,
      seconds: 1,
      p50Ms: null,
      p99Ms: null,
      maxMs: null,
      failures: 0,
    });
  });

  it('is an error with what it said where it did not get that far', () => {
    expect(() => parsePgbench('pgbench: error: connection refused', '', 2)).toThrow('connection refused');
  });
});
