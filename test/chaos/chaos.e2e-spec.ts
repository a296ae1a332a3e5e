import { describe, expect, it } from 'vitest';
import { summaryOf } from './report.js';
import { runChaos } from './run-chaos.js';

/** The short form of `npm run chaos`: the same faults, load and checkers, as long as a test may take. */
const PLAN = { seed: 7, nodes: 3, faultMs: 20_000, writers: 4 };
const HEALED_WITHIN_MS = 200_000;
const SHOWN = 10;

describe('chaos on real processes', () => {
  it(
    'loses nothing, doubles nothing and parts no history',
    async () => {
      const trace: string[] = [];
      const result = await runChaos({ ...PLAN, watch: (line) => trace.push(line) });
      const story = [...summaryOf(result), ...trace, `npm run chaos -- --seed ${PLAN.seed} --nodes ${PLAN.nodes}`];
      expect(result.violations.slice(0, SHOWN), `${story.join('\n')}\ndata: ${result.kept}`).toEqual([]);
      expect(result.writes.some(({ outcome }) => outcome === 'satisfied')).toBe(true);
    },
    HEALED_WITHIN_MS,
  );
});
