/**
 * Seeds that once broke a rule, one for each cause. What a seed draws moves with the code: the cause has a spec of its own
 * beside the code that was wrong.
 */
import { describe, it } from 'vitest';
import { SETTING, expectKept } from './hundred-seeds.js';

const ONCE_BROKEN: readonly (readonly [cause: string, seed: number])[] = [
  ['a receipt says `pending` of what is committed, because an acknowledgement was taken back', 7188],
  ['a restarted node does not vote for a candidate that it does not know', 8469],
  ['a node that force went without comes back as a candidate and ends the term of the new master', 9157],
  ['a candidate that the living master does not list campaigns for ever, and never registers', 8522],
  ['a repair takes the log of a second cluster, and its node stays in it', 9958],
];

describe('a seed that once broke a rule keeps it', () => {
  it.each(ONCE_BROKEN)('%s: seed %i', (_cause, seed) => expectKept(SETTING, seed, 1));
});
