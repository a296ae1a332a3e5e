import { describe, expect, it } from 'vitest';
import { CAUGHT_UP_RECORDS } from '../membership/catch-up.js';
import { successorsOf } from './successors.js';
import type { SuccessorFacts } from './successors.js';

const LAST = CAUGHT_UP_RECORDS + 100;
const N2: SuccessorFacts = { nodeId: 'n2', isHealthy: true, acknowledged: LAST, priority: 50 };
const N3: SuccessorFacts = { ...N2, nodeId: 'n3' };
const namesOf = (...members: SuccessorFacts[]): string[] => successorsOf(members, LAST).map(({ nodeId }) => nodeId);

describe('the successors of a master that stops', () => {
  it('are its members, the most advanced first, then by priority', () => {
    expect(namesOf(N2, N3)).toEqual(['n2', 'n3']);
    expect(namesOf({ ...N2, acknowledged: LAST - 1 }, N3)).toEqual(['n3', 'n2']);
    expect(namesOf(N2, { ...N3, priority: 51 })).toEqual(['n3', 'n2']);
    expect(namesOf(N2, { ...N3, priority: 51, acknowledged: LAST - 1 })).toEqual(['n2', 'n3']);
  });

  it.each<[string, Partial<SuccessorFacts>]>([
    ['is not healthy', { isHealthy: false }],
    ['has not caught up', { acknowledged: 99 }],
    ['has acknowledged nothing', { acknowledged: 0 }],
    ['has PRIORITY=0', { priority: 0 }],
    ['has not said its priority', { priority: null }],
  ])('is nobody who %s', (_, facts) => {
    expect(namesOf({ ...N2, ...facts }, N3)).toEqual(['n3']);
    expect(namesOf({ ...N2, ...facts })).toEqual([]);
  });
});
