/**
 * What the hundred seeds of five nodes do not show: another cluster size, and that a seed always gives the same run.
 */
import { describe, expect, it } from 'vitest';
import { SETTING, expectKept } from './hundred-seeds.js';
import { runSimulation } from './run-simulation.js';

describe('the simulation', () => {
  it('keeps every rule with three nodes', () => expectKept({ ...SETTING, nodes: 3 }, 1, 10));

  it('tells the same story for the same seed, event for event', async () => {
    const { nodes, steps } = SETTING;
    const [one, other, another] = [
      await runSimulation({ seed: 7, nodes, steps }),
      await runSimulation({ seed: 7, nodes, steps }),
      await runSimulation({ seed: 8, nodes, steps }),
    ];
    expect(one.hash).toBe(other.hash);
    expect(one.hash).not.toBe(another.hash);
  });
});
