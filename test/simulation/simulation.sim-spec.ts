/** The short form of `npm run simulate`: as many seeds as a test run has time for. */
import { describe, expect, it } from 'vitest';
import { runSimulation } from './run-simulation.js';

const NODES = 5;
const STEPS = 5_000;
const SEEDS = 40;
const AT_ONCE = 10;

describe('a simulated cluster under every fault', () => {
  for (let first = 1; first <= SEEDS; first += AT_ONCE) {
    it(`keeps every rule with the seeds ${first} to ${first + AT_ONCE - 1}`, async () => {
      for (let seed = first; seed < first + AT_ONCE; seed++) {
        const { broken, lastLines } = await runSimulation({ seed, nodes: NODES, steps: STEPS });
        const replay = `npm run simulate -- --seed ${seed} --nodes ${NODES} --steps ${STEPS}`;
        const story = broken === null ? '' : [...lastLines, `${broken.rule}: ${broken.message}`, replay].join('\n');
        expect(story).toBe('');
      }
    });
  }

  it('keeps every rule with three nodes', async () => {
    for (let seed = 1; seed <= AT_ONCE; seed++) {
      const { broken } = await runSimulation({ seed, nodes: 3, steps: STEPS });
      expect({ seed, broken: broken?.message ?? null }).toEqual({ seed, broken: null });
    }
  });

  it('tells the same story for the same seed, event for event', async () => {
    const [one, other, another] = [
      await runSimulation({ seed: 7, nodes: NODES, steps: STEPS }),
      await runSimulation({ seed: 7, nodes: NODES, steps: STEPS }),
      await runSimulation({ seed: 8, nodes: NODES, steps: STEPS }),
    ];
    expect(one.hash).toBe(other.hash);
    expect(one.hash).not.toBe(another.hash);
  });
});
