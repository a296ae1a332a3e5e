import { describe, expect, it } from 'vitest';
import { OPERATIONS, WEATHER, drawSchedule } from './schedule.js';
import type { Step } from './schedule.js';

function first(count: number, lane: Iterable<Step>): Step[] {
  const steps: Step[] = [];
  for (const step of lane) {
    if (steps.push(step) === count) break;
  }
  return steps;
}

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const [one, again, other] = [7, 7, 8].map((seed) => {
      const { weather, operations } = drawSchedule({ seed, nodes: 5 });
      return [...first(40, weather), ...first(40, operations)];
    });
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('brings every kind of fault before any comes again', () => {
    const { weather, operations } = drawSchedule({ seed: 7, nodes: 5 });
    const kinds = (steps: readonly Step[]): string[] => steps.map(({ kind }) => kind).sort();
    expect(kinds(first(WEATHER.length, weather))).toEqual([...WEATHER].sort());
    expect(kinds(first(OPERATIONS.length, operations))).toEqual([...OPERATIONS].sort());
  });
});
