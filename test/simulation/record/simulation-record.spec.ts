import { describe, expect, it } from 'vitest';
import { addedUp, differenceOf, follows } from './simulation-record.js';
import type { SimulationRecord } from './simulation-record.js';

const first: SimulationRecord = {
  ...{ sources: 'aaaa', node: 'v20.20.2', nodes: 5, stepsPerSeed: 10_000, without: [] },
  ...{ date: '2026-11-22', commit: '1111111', dirty: true, firstSeed: 1, seeds: 100, steps: 1_000_000 },
  ...{ simulatedHours: 1.5, violations: 1, violated: [{ seed: 7, rule: 'agreement' }] },
  ...{ faults: { partition: 10, frozen: 1 }, counts: { 'terms started': 3 }, seconds: 60.5, jobs: 2 },
};
const second: SimulationRecord = {
  ...first,
  ...{ date: '2026-11-23', commit: '2222222', dirty: false, firstSeed: 101, seeds: 50, steps: 500_000 },
  ...{ simulatedHours: 0.7, violations: 0, violated: [] },
  ...{ faults: { partition: 5, 'disk full': 2 }, counts: { 'terms started': 1 }, seconds: 30.1, jobs: 1 },
};

describe('a record in parts', () => {
  it('is added up, and tells of the last part when and where it was made', () => {
    expect(addedUp(first, second)).toEqual({
      ...{ sources: 'aaaa', node: 'v20.20.2', nodes: 5, stepsPerSeed: 10_000, without: [] },
      ...{ date: '2026-11-23', commit: '2222222', dirty: true, firstSeed: 1, seeds: 150, steps: 1_500_000 },
      ...{ simulatedHours: 2.2, violations: 1, violated: [{ seed: 7, rule: 'agreement' }] },
      ...{ faults: { 'disk full': 2, frozen: 1, partition: 15 }, counts: { 'terms started': 4 } },
      ...{ seconds: 90.6, jobs: 2 },
    });
  });

  it('goes on with the seed that follows, and with no other', () => {
    expect([100, 101, 102].map((seed) => follows(first, seed))).toEqual([false, true, false]);
  });

  it('is of one code and one set of options, whatever else was committed in between', () => {
    expect(differenceOf(first, second)).toBeNull();
    expect(differenceOf(first, { ...second, sources: 'bbbb' })).toContain('aaaa at commit 1111111; here they are bbbb');
    expect(differenceOf(first, { ...second, node: 'v22.0.0' })).toContain('Node v20.20.2');
    expect(differenceOf(first, { ...second, nodes: 3 })).toContain('--nodes 5');
    expect(differenceOf(first, { ...second, stepsPerSeed: 5_000 })).toContain('--steps 10000');
    expect(differenceOf(first, { ...second, without: ['frozen'] })).toContain('--without');
  });
});
