import { describe, expect, it } from 'vitest';
import type { Figures } from '../measure/measured.js';
import { goalsOf } from './goals.js';
import type { Row } from './result.js';

const ROUND: Figures = {
  messagesPerSecond: 0,
  seconds: 1,
  p50Ms: null,
  p99Ms: null,
  maxMs: null,
  failures: 0,
  cpuUs: null,
  residentMiB: null,
  peakMiB: null,
  syncsPerMessage: null,
  batchRecords: null,
  loadShare: 0.1,
  othersShare: 0,
};

function row(id: string, contender: string, ...rounds: Partial<Figures>[]): Row {
  return { id, title: id, contender, clients: 64, rounds: rounds.map((each) => ({ ...ROUND, ...each })) };
}

describe('the figures to hold', () => {
  it('are judged by the median of what was measured, step by step', () => {
    const rounds = [21_000, 5_000, 19_000].map((messagesPerSecond) => ({ messagesPerSecond }));
    const goals = goalsOf({ rows: [row('one-by-one/wc1/64', 'Replog', ...rounds)], observations: [] });
    expect(goals).toContainEqual({
      title: '64 clients',
      unit: 'messages/s',
      is: 'at least',
      measured: 19_000,
      steps: [
        { bound: 18_000, reached: true },
        { bound: 22_000, reached: false },
      ],
    });
  });

  it('are ratios where they are against a peer', () => {
    const rows = [
      row('one-by-one/wc1/1', 'Replog', { p50Ms: 0.6 }),
      row('one-by-one/wc1/1', 'PostgreSQL', { p50Ms: 0.5 }),
    ];
    const goal = goalsOf({ rows, observations: [] }).find(({ title }) => title === '1 client, p50 against PostgreSQL');
    expect(goal).toMatchObject({ measured: 1.2, steps: [{ bound: 1, reached: false }] });
  });

  it('say nothing of what was not measured', () => {
    expect(
      goalsOf({ rows: [row('one-by-one/wc1/64', 'etcd', { messagesPerSecond: 5_000 })], observations: [] }),
    ).toEqual([]);
  });

  it('hold memory to its highest in any case', () => {
    const rows = [
      row('read', 'Replog', { peakMiB: 90 }, { peakMiB: 230 }),
      row('catch-up', 'Replog', { peakMiB: 100 }),
    ];
    const goal = goalsOf({ rows, observations: [] }).find(({ unit }) => unit === 'MiB');
    expect(goal).toMatchObject({ measured: 230, steps: [{ bound: 200, reached: false }] });
  });

  it('judge observations, too', () => {
    const opening = { id: 'opening/more', title: '', unit: 's', values: [1.2, 1.4, 1.3] };
    expect(goalsOf({ rows: [], observations: [opening] })).toMatchObject([
      { measured: 1.3, steps: [{ reached: true }] },
    ]);
    const idle = { id: 'idle/50', title: '', unit: '% of a processor', values: [7] };
    expect(goalsOf({ rows: [], observations: [idle] })).toMatchObject([{ measured: 7, steps: [{ reached: false }] }]);
  });
});
