import { describe, expect, it } from 'vitest';
import { refusalOfClaim } from './claim.js';

const FOUNDER = { nodeId: 'n1', clusterId: 'new', holdsTerm: true, messages: 0, others: 0 };
const CLAIM = { clusterId: 'old', nodeId: 'n2', listed: 'n1' };

describe('a claim of another cluster', () => {
  it('is followed by a founder that is empty and alone', () => {
    expect(refusalOfClaim(FOUNDER, CLAIM)).toBeNull();
  });

  it.each([
    ['has messages', { messages: 3 }, /messages of its own \(3\)/],
    ['has other nodes', { others: 1 }, /other nodes have joined it/],
    ['is no master', { holdsTerm: false }, /not its master/],
    ['has another node id', { nodeId: 'n4' }, /another node is meant/],
  ])('is refused by a node that %s, with both clusters named', (_, facts, why) => {
    const refusal = refusalOfClaim({ ...FOUNDER, ...facts }, CLAIM);
    expect(refusal).toMatch(why);
    expect(refusal).toMatch(/cluster old.*cluster new.*Nothing is changed/);
  });
});
