/**
 * The hundred seeds of `npm test`, in halves, so that two cores share them. A seed has fewer steps here than by hand:
 * the character of a run (number of faults, quality of the network) is drawn once a seed, so more seeds show more than
 * longer ones.
 */
import { describe, expect, it } from 'vitest';
import { commandOf, outcomeOf } from './runs/task.js';
import type { Outcome, Setting } from './runs/task.js';

export const SETTING: Setting = {
  ...{ nodes: 5, steps: 3_000, without: [], only: null },
  ...{ plant: null, isFaultsOnly: false },
};
const SEEDS = 100;
const HALVES = 2;
const AT_ONCE = 10;

export function describeHalf(half: 1 | 2): void {
  describe('a simulated cluster under every fault', () => {
    const last = (half * SEEDS) / HALVES;
    for (let first = last - SEEDS / HALVES + 1; first <= last; first += AT_ONCE) {
      it(`keeps every rule with the seeds ${first} to ${first + AT_ONCE - 1}`, () =>
        expectKept(SETTING, first, AT_ONCE));
    }
  });
}

/** Fails with the story of the first run that broke a rule, and the command that replays it. */
export async function expectKept(setting: Setting, first: number, seeds: number): Promise<void> {
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await outcomeOf({ seed, setting });
    expect(storyOf(outcome, setting)).toBe('');
  }
}

function storyOf({ seed, broken, lastLines }: Outcome, setting: Setting): string {
  if (broken === null) return '';
  const task = { seed, setting };
  const commands = [`again:   ${commandOf(task)}`, `shorter: ${commandOf(task, '--shorten')}`];
  return [...lastLines, `${broken.rule}: ${broken.message}`, ...commands].join('\n');
}
