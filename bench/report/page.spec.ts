import { describe, expect, it } from 'vitest';
import type { Figures } from '../measure/measured.js';
import { recordOf } from './record.js';
import type { BenchRecord } from './record.js';
import type { BenchResult, Row } from './result.js';

const PAGE = new URL('../../scripts/docs/benchmarks.mjs', import.meta.url).href;
const { benchmarkParts } = (await import(PAGE)) as { benchmarkParts(run: BenchRecord): Record<string, string> };
const pageOf = (run: BenchRecord): string => Object.values(benchmarkParts(run)).join('\n\n');

function row(id: string, contender: string, ...rates: number[]): Row {
  const round: Omit<Figures, 'messagesPerSecond'> = {
    seconds: 5,
    p50Ms: 3.456,
    p99Ms: 9,
    maxMs: 21,
    failures: 0,
    cpuUs: 88,
    residentMiB: 100,
    peakMiB: 120,
    syncsPerMessage: contender === 'Replog' ? 0.05 : null,
    batchRecords: contender === 'Replog' ? 30 : null,
    loadShare: 0.3,
    othersShare: 0.02,
  };
  const rounds = rates.map((messagesPerSecond) => ({ ...round, messagesPerSecond }));
  return { id, title: 'one by one, 64 clients', contender, clients: 64, rounds };
}

const RESULT: BenchResult = {
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abcdef123456',
  command: 'npm run bench -- --peers',
  machine: { processor: 'A processor', cores: 2, memoryGiB: 8, kernel: 'Linux 6', disk: 'vda, ext4', isDiskReal: true },
  versions: { Replog: '0.1.0', 'Node.js': '20.20.2' },
  seconds: 5,
  roundCount: 3,
  messageBytes: 200,
  contenders: [{ name: 'etcd', version: '3.4.23', acknowledgement: 'synced by a majority' }],
  missing: ['Redis takes no part: redis-server is not installed.'],
  rows: [row('one-by-one/wc1/64', 'Replog', 19_000, 23_000, 18_500), row('one-by-one/wc1/64', 'etcd', 6_000)],
  observations: [{ id: 'opening/more', title: 'more for a log of 1,000', unit: 's', values: [0.5, 0.7, 0.6] }],
};

describe('the page of a run', () => {
  const page = pageOf(recordOf(RESULT));

  it('says on what, how and when it was measured', () => {
    for (const fact of [
      'A processor, 2 cores, 8 GiB',
      'Linux 6',
      'vda, ext4',
      '`npm run bench -- --peers`',
      'abcdef123456',
    ]) {
      expect(page).toContain(fact);
    }
  });

  it('shows the median of the rounds and their spread, and what has no figure as nothing', () => {
    expect(page).toContain('| Replog, 64 at a time | 19,000 | 18,500 – 23,000 | 3.46 | 9.00 |');
    expect(page).toMatch(/\| etcd, 64 at a time \| 6,000 \|.* 120 \|  \|  \| 30 % \|/);
    expect(page).toContain('| more for a log of 1,000 | 0.60 s | 0.50 – 0.70 |');
  });

  it('says which goals were reached, and which not', () => {
    expect(page).toContain(
      '| 64 clients | at least 18,000, then at least 22,000 | 19,000 messages/s | reached, not reached |',
    );
    expect(page).toContain('| 64 clients, against etcd | at least 3 | 3.17 × | reached |');
  });

  it('says who was missing, and what acknowledgements mean', () => {
    expect(page).toContain('Redis takes no part');
    expect(page).toContain('| etcd | 3.4.23 | synced by a majority |');
  });

  it('draws who was measured side by side', () => {
    expect(page).toContain('x-axis ["Replog", "etcd"]');
    expect(page).toContain('bar [19000, 6000]');
  });

  it('names what to doubt where there is something', () => {
    expect(page).not.toContain('What to doubt');
    const busy = RESULT.rows.map((each) => ({
      ...each,
      rounds: each.rounds.map((round) => ({ ...round, loadShare: 0.97, othersShare: 0.4 })),
    }));
    const doubtful = pageOf(recordOf({ ...RESULT, rows: busy }));
    expect(doubtful).toContain('the load generator was at its limit (97 % of a processor)');
    expect(doubtful).toContain('up to 40 % of the machine went to something else');
  });
});
