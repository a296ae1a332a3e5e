import { describe, expect, it } from 'vitest';
import { decideFounding } from './founding.js';

const empty = (nodeId: string) => ({ nodeId, clusterId: null });

describe('founding with PEERS', () => {
  it('joins the cluster that any peer belongs to, however many are empty', () => {
    expect(decideFounding('n0', 2, [empty('n1'), { nodeId: 'n2', clusterId: 'theirs' }])).toEqual({
      kind: 'join',
      nodeId: 'n2',
      clusterId: 'theirs',
    });
  });

  it.each([
    [0, [], 'found'],
    [1, [], 'wait'],
    [1, ['n1'], 'found'],
    [2, ['n1'], 'found'],
    [3, ['n1'], 'wait'],
    [3, ['n1', 'n2'], 'found'],
    [4, ['n1', 'n2'], 'found'],
  ])('with %i other addresses of which %j answer and are empty: %s', (others, ids, kind) => {
    expect(decideFounding('n0', others, ids.map(empty)).kind).toBe(kind);
  });

  it('counts neither itself nor a node that answers at two addresses twice', () => {
    const answers = [empty('n0'), empty('n1'), empty('n1')];
    expect(decideFounding('n0', 4, answers)).toEqual({ kind: 'wait', answered: 1, needed: 2 });
  });
});
