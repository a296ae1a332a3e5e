import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_REMOVED_REMEMBERED } from '@replog/contracts/limits.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import { majorityOf } from '../quorum/majority.js';
import {
  NO_MEMBERS,
  afterLeaving,
  isSame,
  mayChangeMembership,
  memberOf,
  pausedUntil,
  standingOf,
  withMember,
  withoutAbsent,
  withoutMember,
} from './membership.js';

function member(nodeId: string, incarnation = 'i1', url = `http://${nodeId}:8000`): Member {
  return { nodeId, incarnation, url };
}

const CHANGES = { with: withMember, without: withoutMember, leaving: afterLeaving };

const change = fc.record({
  kind: fc.constantFrom('with' as const, 'without' as const, 'leaving' as const),
  node: fc.record({
    nodeId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    incarnation: fc.constantFrom('i1', 'i2'),
    url: fc.constantFrom('http://x', 'http://y'),
  }),
});

describe('membership', () => {
  it('tells members, other incarnations, removed and unknown nodes apart', () => {
    const membership = withoutMember(
      [member('a'), member('b'), member('c')].reduce(withMember, NO_MEMBERS),
      member('c'),
    );
    expect(standingOf(membership, member('a'))).toBe('member');
    expect(standingOf(membership, member('a', 'wiped'))).toBe('other-incarnation');
    expect(standingOf(membership, member('c'))).toBe('removed');
    expect(standingOf(membership, member('c', 'wiped'))).toBe('unknown');
    expect(NO_MEMBERS.members).toEqual([]);
  });

  it('puts a new incarnation or address in the place of the old one', () => {
    const before = withMember(withMember(NO_MEMBERS, member('a')), member('b'));
    const after = withMember(before, member('a', 'wiped', 'http://elsewhere'));
    expect(after.members).toEqual([member('a', 'wiped', 'http://elsewhere'), member('b')]);
  });

  it.each([
    ['a node that joins', withMember, member('c')],
    ['a new address', withMember, member('b', 'i1', 'http://elsewhere')],
    ['a removal', withoutMember, member('b')],
    ['a node that leaves', afterLeaving, member('b')],
    ['an operator’s force', (paused: Membership, node: Member) => withoutAbsent(paused, [node]), member('b')],
  ])('carries the pause of failover along: %s', (_, changed, node) => {
    const paused = pausedUntil([member('a'), member('b')].reduce(withMember, NO_MEMBERS), 5);
    expect(paused.pausedUntilMs).toBe(5);
    const after = changed(paused, node);
    expect(after.members).not.toEqual(paused.members);
    expect(after.pausedUntilMs).toBe(5);
  });

  it('forces out the incarnation that is absent, and remembers nothing of it', () => {
    const before = [member('a'), member('b', 'i2')].reduce(withMember, NO_MEMBERS);
    expect(withoutAbsent(before, [member('a'), member('b', 'i1')])).toEqual({
      members: [member('b', 'i2')],
      removed: [],
    });
  });

  it('removes one incarnation and not the one after it', () => {
    const membership = withoutMember(withMember(NO_MEMBERS, member('a', 'i2')), member('a', 'i1'));
    expect(memberOf(membership, 'a')).toEqual(member('a', 'i2'));
    expect(membership.removed).toEqual([{ nodeId: 'a', incarnation: 'i1' }]);
  });

  it('keeps a pause of failover, whoever joins, leaves or is removed', () => {
    const paused = { ...withMember(NO_MEMBERS, member('a')), pausedUntilMs: 5 };
    for (const change of Object.values(CHANGES)) expect(change(paused, member('b')).pausedUntilMs).toBe(5);
  });

  it('forgets a node that has left, which may come back as it is', () => {
    const before = withoutMember([member('a'), member('b'), member('c')].reduce(withMember, NO_MEMBERS), member('c'));
    const after = afterLeaving(before, member('b'));
    expect(after).toEqual({ members: [member('a')], removed: before.removed });
    expect(standingOf(after, member('b'))).toBe('unknown');
    expect(afterLeaving(before, member('b', 'wiped'))).toEqual(before);
  });

  it('remembers the removed up to a bound, newest last, each once', () => {
    let membership = NO_MEMBERS;
    for (let node = 0; node <= MAX_REMOVED_REMEMBERED; node++)
      membership = withoutMember(membership, member(`${node}`));
    expect(membership.removed).toHaveLength(MAX_REMOVED_REMEMBERED);
    expect(membership.removed[0]).toEqual({ nodeId: '1', incarnation: 'i1' });
    membership = withoutMember(membership, member('1'));
    expect(membership.removed).toHaveLength(MAX_REMOVED_REMEMBERED);
    expect(membership.removed.at(-1)).toEqual({ nodeId: '1', incarnation: 'i1' });
    expect(standingOf(membership, member('2'))).toBe('removed');
  });

  it('any majority before a change and any after it share a node, without a replaced incarnation', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        let before: Membership = NO_MEMBERS;
        for (const { kind, node } of changes) {
          const after = CHANGES[kind](before, node);
          const replaced = before.members.filter(
            (old) => old.nodeId === node.nodeId && !isSame(old, node) && kind === 'with',
          );
          const voters = before.members.filter((old) => !replaced.includes(old));
          const all = new Set([...voters, ...after.members].map((each) => `${each.nodeId}/${each.incarnation}`));
          if (voters.length >= majorityOf(before.members.length) && after.members.length > 0) {
            expect(majorityOf(before.members.length) + majorityOf(after.members.length)).toBeGreaterThan(all.size);
          }
          expect(new Set(after.members.map((each) => each.nodeId)).size).toBe(after.members.length);
          before = after;
        }
      }),
    );
  });

  it('may change once both the epoch and the last change are committed', () => {
    const facts = { committed: 7, epochStartIndex: 7, membershipIndex: 7 };
    expect(mayChangeMembership(facts)).toBe(true);
    expect(mayChangeMembership({ ...facts, epochStartIndex: 8 })).toBe(false);
    expect(mayChangeMembership({ ...facts, membershipIndex: 8 })).toBe(false);
  });
});
