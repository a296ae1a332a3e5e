import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '@replog/contracts/http.js';
import { speaksForMember, whatMembersSay } from './higher-epoch.js';
import type { AskingMaster } from './higher-epoch.js';
import { member, status } from '../testing/node-status.js';

const MASTER: AskingMaster = {
  nodeId: 'a',
  incarnation: 'i1',
  clusterId: 'c',
  epoch: 5,
  membership: {
    members: ['a', 'b', 'c'].map(member),
    removed: [
      { nodeId: 'gone', incarnation: 'i1' },
      { nodeId: 'b', incarnation: 'i0' },
    ],
  },
};

describe('the word of a higher epoch', () => {
  it.each([
    [true, 'b', 'i1', 'a member'],
    [true, 'b', null, 'a member that does not name its incarnation'],
    [true, 'b', 'i2', 'the next incarnation of a member, which keeps its votes'],
    [false, 'b', 'i0', 'an incarnation that was removed, although a later one is a member'],
    [false, 'gone', 'i1', 'a removed node'],
    [false, 'x', 'i1', 'a node that never joined'],
    [false, 'x', null, 'a node that never joined and does not name its incarnation'],
  ])('counts: %s, from %s (%s): %s', (counts, nodeId, incarnation, _who) => {
    expect(speaksForMember(MASTER.membership, { nodeId, incarnation })).toBe(counts);
  });
});

describe('the members, asked by their master', () => {
  it.each<[string, NodeStatus[], object]>([
    ['one is in a higher epoch', [status('b'), status('c', { epoch: 6 })], { kind: 'over', epoch: 6, from: 'c' }],
    [
      'so is the next incarnation of one',
      [status('b', { incarnation: 'i2', epoch: 6 })],
      { kind: 'over', epoch: 6, from: 'b' },
    ],
    ['a majority knows of none', [status('b')], { kind: 'current' }],
    ['nobody answers', [], { kind: 'too few' }],
    ['another incarnation answers, which was no voter', [status('b', { incarnation: 'i2' })], { kind: 'too few' }],
    ['a stranger answers at the address of one', [status('x', { epoch: 9 })], { kind: 'too few' }],
    ['one answers twice', [status('x'), status('x')], { kind: 'too few' }],
    ['one of another cluster answers', [status('b', { clusterId: 'other', epoch: 9 })], { kind: 'too few' }],
    ['a removed node is in a higher epoch', [status('b'), status('gone', { epoch: 9 })], { kind: 'current' }],
  ])('%s', (_name, answers, expected) => {
    expect(whatMembersSay(MASTER, answers)).toEqual(expected);
  });

  it('are not needed by a master that is the only one', () => {
    expect(whatMembersSay({ ...MASTER, membership: { members: [member('a')], removed: [] } }, [])).toEqual({
      kind: 'current',
    });
  });
});
