/** A run that breaks a rule is shortened: tried with a planted bug, as there is no other to try it with. */
import { describe, expect, it } from 'vitest';
import { sameEpochAfterRestart } from '../plants/quorum.js';
import { outcomeOf } from '../runs/task.js';
import type { Outcome, Setting, Task } from '../runs/task.js';
import { Shortening } from './shortening.js';

const setting: Setting = {
  ...{ nodes: 5, steps: 6_000, without: [], only: null },
  ...{ plant: sameEpochAfterRestart.name, isFaultsOnly: true },
};
const MANY_FAULTS = 9;
/** A seed with many faults of any kind. */
const ROUGH = 2;
/** Faults that strike whatever state the cluster is in. */
const COMES_WHATEVER_IS = new Set(['partition', 'clock jumps', 'bad network', 'slow disk']);

/** The first seed where enough happens before the bug shows that there is something to leave out. */
async function firstBroken(): Promise<{ task: Task; outcome: Outcome }> {
  for (let seed = 1; seed <= 20; seed++) {
    const task = { seed, setting };
    const outcome = await outcomeOf(task);
    if (outcome.broken !== null && outcome.strikes.length >= MANY_FAULTS) return { task, outcome };
  }
  throw new Error('no seed breaks a rule after many faults');
}

describe('shortening', () => {
  it('finds a run with far fewer faults that breaks the same rule, and that can be replayed', async () => {
    const { task, outcome } = await firstBroken();
    const shortening = new Shortening(task, outcome, outcomeOf);
    await shortening.all();
    const { best } = shortening;
    expect(best.outcome.broken?.rule).toBe(outcome.broken?.rule);
    expect(best.outcome.strikes.length * 3).toBeLessThanOrEqual(outcome.strikes.length);
    const replayed = await outcomeOf(best.task);
    expect(replayed).toEqual(best.outcome);
  });

  it('moves no strike by leaving out those that never were', async () => {
    const { task, outcome } = await firstBroken();
    const only = outcome.strikes.map(({ number }) => number);
    expect(await outcomeOf({ ...task, setting: { ...setting, only } })).toEqual(outcome);
  });

  it('leaves the other strikes as they were when one is left out', async () => {
    const plain = { ...setting, plant: null, steps: 4_000 };
    const all = await outcomeOf({ seed: ROUGH, setting: plain });
    const [left, ...others] = all.strikes.filter(({ fault }) => COMES_WHATEVER_IS.has(fault));
    const only = all.strikes.map(({ number }) => number).filter((number) => number !== left?.number);
    const shorter = await outcomeOf({ seed: ROUGH, setting: { ...plain, only } });
    const expected = others.filter(({ atMs }) => atMs <= shorter.simulatedMs);
    expect(expected.length).toBeGreaterThan(1);
    expect(shorter.strikes).toEqual(expect.arrayContaining(expected));
  });
});
