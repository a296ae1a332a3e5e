import type { KnownStart, NodeStart, NodeStatus } from '@replog/contracts/http.js';
import { describe, expect, it } from 'vitest';
import { compareStart, hasForgotten, judgeOwnIdentity } from './identity.js';
import type { OwnFacts } from './identity.js';

const start = (starts: number, bootId: string, incarnation = 'i1'): NodeStart => ({ incarnation, starts, bootId });

describe('a start', () => {
  it.each([
    ['unknown', null, start(1, 'a')],
    ['unknown', start(4, 'a', 'i0'), start(1, 'b')],
    ['unknown', { incarnation: 'i1' }, start(1, 'b')],
    ['unknown', start(4, 'a'), { incarnation: 'i1' }],
    ['same', start(2, 'a'), start(2, 'a')],
    ['later', start(2, 'a'), start(3, 'b')],
    ['later', start(2, 'a'), { ...start(4, 'c'), boots: ['a', 'b', 'c'] }],
    ['later', start(2, 'a'), { ...start(9, 'c'), boots: ['x', 'b', 'c'] }],
    ['earlier', start(2, 'a'), { ...start(4, 'c'), boots: ['x', 'b', 'c'] }],
    ['earlier', start(2, 'a'), start(2, 'b')],
    ['earlier', start(2, 'a'), start(1, 'b')],
  ])('is %s where %j was seen and now it is %j', (seen, before, now) => {
    expect(compareStart(before, now)).toBe(seen);
  });
});

describe('a node has forgotten', () => {
  it.each([
    [false, { acknowledged: 0, epoch: 3 }, { lastIndex: 0, epoch: 0 }],
    [false, { acknowledged: 7, epoch: 3 }, { lastIndex: 7, epoch: 3 }],
    [false, { acknowledged: 7, epoch: 3 }, { lastIndex: 9, epoch: 4 }],
    [true, { acknowledged: 7, epoch: 3 }, { lastIndex: 6, epoch: 3 }],
    [true, { acknowledged: 7, epoch: 3 }, { lastIndex: 7, epoch: 2 }],
  ])('%s: it acknowledged %j and comes with %j', (expected, known, now) => {
    expect(hasForgotten(known, now)).toBe(expected);
  });
});

describe('a node judges its own identity', () => {
  const own: OwnFacts = { nodeId: 's1', ...start(3, 'mine'), epoch: 4, lastIndex: 10 };

  function answer(nodeId: string, yours?: KnownStart, more: Partial<NodeStatus> = {}): NodeStatus {
    const base = { clusterId: 'c', incarnation: `of ${nodeId}`, role: 'secondary', holdsTerm: false } as const;
    const log = { last: { index: 10, epoch: 4, chain: 0 }, committed: 10, master: null };
    return { ...base, ...log, nodeId, epoch: 4, url: `http://${nodeId}`, ...(yours && { yours }), ...more };
  }

  it('is sound where nobody knows more of it', () => {
    const answers = [
      answer('m1', { ...start(2, 'before'), acknowledged: 10 }),
      answer('s2'),
      answer('s3', start(3, 'mine')),
      answer('s4', start(9, 'other', 'i0')),
    ];
    expect(judgeOwnIdentity(own, answers)).toEqual({ kind: 'sound' });
    expect(judgeOwnIdentity(own, [])).toEqual({ kind: 'sound' });
  });

  it('is sound where it hears itself, or a node of a build that names no process', () => {
    const itself = answer('s1', start(9, 'x'), { incarnation: 'i1', bootId: 'mine' });
    const old = answer('s1', undefined, { incarnation: 'i1' });
    expect(judgeOwnIdentity(own, [itself, old])).toEqual({ kind: 'sound' });
  });

  it('is taken where another process answers under it', () => {
    const other = answer('s1', undefined, { incarnation: 'i1', bootId: 'other' });
    const more = answer('m1', start(5, 'other'));
    expect(judgeOwnIdentity(own, [more, other])).toEqual({ kind: 'taken', url: 'http://s1' });
  });

  it('is restored where a later start was seen', () => {
    expect(judgeOwnIdentity(own, [answer('m1', start(3, 'other'))])).toEqual({
      kind: 'restored',
      by: 'm1',
      why: 'it has seen start 3 of this directory, which the directory does not remember; this is start 3',
    });
  });

  it('is restored where its master knows of more acknowledgements, but not where that epoch is over', () => {
    const yours = { ...start(2, 'before'), acknowledged: 12 };
    expect(judgeOwnIdentity(own, [answer('m1', yours)])).toEqual({
      kind: 'restored',
      by: 'm1',
      why: 'this node has acknowledged records up to 12 in epoch 4, and its log ends with 10',
    });
    expect(judgeOwnIdentity(own, [answer('m1', yours, { epoch: 3 })])).toEqual({ kind: 'sound' });
  });
});
