import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeStatus, VoteAnswer } from '@replog/contracts/http.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import { Campaign, isMoreAdvanced } from './campaign.js';
import type { Voter } from './campaign.js';

type Last = NodeStatus['last'];

function last(epoch: number, index: number): Last {
  return { epoch, index, chain: epoch * 1000 + index };
}

function member(nodeId: string, incarnation = 'i1'): Member {
  return { nodeId, incarnation, url: `http://${nodeId}` };
}

function membershipOf(...members: Member[]): Membership {
  return { members, removed: [] };
}

function granted(node: Member, at: Last): VoteAnswer {
  const status: NodeStatus = {
    clusterId: 'c',
    nodeId: node.nodeId,
    incarnation: node.incarnation,
    role: 'secondary',
    holdsTerm: false,
    epoch: 7,
    url: node.url,
    master: null,
    last: at,
    committed: 0,
  };
  return { granted: true, reason: null, votedEpoch: 7, status };
}

const SELF: Voter = { ...member('a'), last: last(3, 10) };

describe('Campaign', () => {
  it('wins with a majority, and takes its own log before another that is no further', () => {
    const campaign = new Campaign(7, SELF);
    const members = membershipOf(member('a'), member('b'), member('c'));
    expect(campaign.decide(members)).toMatchObject({ kind: 'short', votes: 1, members: 3 });
    campaign.answered(member('b'), granted(member('b'), last(3, 10)));
    expect([campaign.has('a'), campaign.has('b'), campaign.has('c')]).toEqual([true, true, false]);
    expect(campaign.decide(members)).toEqual({ kind: 'won', mostAdvanced: SELF });
  });

  it('knows of a member with a newer log in which the candidate is no member', () => {
    const campaign = new Campaign(7, SELF);
    const refused = (reason: VoteAnswer['reason']): VoteAnswer => ({
      ...granted(member('b'), last(4, 1)),
      granted: false,
      reason,
    });
    campaign.answered(member('b'), refused('VOTED_HIGHER'));
    expect(campaign.outrunner).toBeNull();
    campaign.answered(member('b'), refused('NOT_A_MEMBER'));
    expect(campaign.outrunner).toBe('b');
  });

  it('is contested once a member has voted for another candidate in the same epoch', () => {
    const campaign = new Campaign(7, SELF);
    const refused = { ...granted(member('b'), last(3, 10)), granted: false, reason: 'VOTED_OTHER' as const };
    campaign.answered(member('b'), { ...refused, votedEpoch: 8 });
    campaign.answered(member('c'), granted(member('c'), last(3, 10)));
    expect(campaign.isContested).toBe(false);
    campaign.answered(member('d'), refused);
    campaign.answered(member('b'), { ...refused, votedEpoch: 8 });
    expect(campaign.isContested).toBe(true);
  });

  it('says who refused and why, and the highest epoch it heard of', () => {
    const campaign = new Campaign(7, SELF);
    const refused = { ...granted(member('b'), last(3, 10)), granted: false, votedEpoch: 9 };
    campaign.answered(member('b'), { ...refused, reason: 'VOTED_HIGHER' });
    campaign.answered(member('d'), { ...refused, votedEpoch: 8, reason: null });
    campaign.failed(member('c'), 'timeout');
    expect(campaign.heardEpoch).toBe(9);
    expect(campaign.decide(membershipOf(member('a'), member('b'), member('c')))).toEqual({
      kind: 'short',
      votes: 1,
      members: 3,
      reasons: ['b: VOTED_HIGHER (epoch 9)', 'd: refused (epoch 8)', 'c: timeout'],
    });
  });

  it('tells of every member whether it voted, and its last word if it did not', () => {
    const campaign = new Campaign(7, SELF);
    campaign.answered(member('b'), granted(member('b'), last(3, 10)));
    campaign.failed(member('c'), 'timeout');
    campaign.failed(member('c'), 'x'.repeat(300));
    campaign.failed(member('outsider'), 'timeout');
    expect(campaign.result(membershipOf(member('a'), member('b'), member('c'), member('d')))).toEqual({
      votes: ['a', 'b'],
      without: [
        { nodeId: 'c', reason: 'x'.repeat(200) },
        { nodeId: 'd', reason: 'has not answered yet' },
      ],
    });
  });

  it('counts a node once, however often it answers, and a wiped one not at all', () => {
    const campaign = new Campaign(7, SELF);
    for (const at of [1, 2, 3]) campaign.answered(member('b'), granted(member('b', 'wiped'), last(3, at)));
    campaign.answered(member('c'), granted(member('outsider'), last(9, 99)));
    expect(campaign.decide(membershipOf(member('a'), member('b'), member('c')))).toMatchObject({ votes: 1 });
  });

  it('is judged again under the membership that was fetched', () => {
    const campaign = new Campaign(7, SELF);
    campaign.answered(member('b'), granted(member('b'), last(4, 2)));
    const three = [member('a'), member('b'), member('c')];
    expect(campaign.decide(membershipOf(...three))).toMatchObject({ kind: 'won', mostAdvanced: { nodeId: 'b' } });
    expect(campaign.decide(membershipOf(...three, member('d')))).toMatchObject({ kind: 'short', votes: 2 });
  });

  it('wins nothing for a candidate that was removed, however many voted for it', () => {
    const campaign = new Campaign(7, SELF);
    for (const nodeId of ['b', 'c']) campaign.answered(member(nodeId), granted(member(nodeId), last(4, 12)));
    expect(campaign.decide(membershipOf(member('b'), member('c')))).toEqual({
      kind: 'short',
      votes: 2,
      members: 2,
      reasons: ['the candidate is no member any more'],
    });
  });

  const node = fc.record({
    inMembership: fc.boolean(),
    isWiped: fc.boolean(),
    isGranting: fc.boolean(),
    epoch: fc.nat({ max: 3 }),
    index: fc.nat({ max: 5 }),
  });

  it('picks the most advanced log of the members that voted, over any answers', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 7 }), (nodes) => {
        const campaign = new Campaign(7, SELF);
        const members = [member('a')];
        const counted: { nodeId: string; last: Last }[] = [SELF];
        nodes.forEach(({ inMembership, isWiped, isGranting, epoch, index }, place) => {
          const known = member(`n${place}`);
          if (inMembership) members.push(known);
          const answer = granted(isWiped ? member(`n${place}`, 'wiped') : known, last(epoch, index));
          campaign.answered(known, { ...answer, granted: isGranting });
          if (inMembership && isGranting && !isWiped) counted.push({ ...known, last: last(epoch, index) });
        });
        const decision = campaign.decide(membershipOf(...members));
        expect(decision.kind).toBe(counted.length * 2 > members.length ? 'won' : 'short');
        if (decision.kind !== 'won') return;
        expect(counted.map((other) => other.nodeId)).toContain(decision.mostAdvanced.nodeId);
        expect(counted.some((other) => isMoreAdvanced(other.last, decision.mostAdvanced.last))).toBe(false);
      }),
    );
  });

  it('knows the best of the logs it has heard of, for a candidate that wins by force', () => {
    const campaign = new Campaign(7, SELF);
    const members = membershipOf(member('a'), member('b'), member('c'), member('d'), member('e'));
    expect(campaign.best(members)).toEqual(SELF);
    campaign.answered(member('b'), granted(member('b'), last(4, 2)));
    expect(campaign.decide(members).kind).toBe('short');
    expect(campaign.best(members)).toMatchObject({ nodeId: 'b', last: last(4, 2) });
  });

  it('has every record a majority acknowledged in the log it picks', () => {
    // Logs of one history: what a majority holds, the most advanced of any other majority holds too.
    const logs = fc.array(fc.record({ index: fc.nat({ max: 9 }), isGranting: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(logs, fc.nat({ max: 9 }), (others, own) => {
        const campaign = new Campaign(7, { ...SELF, last: last(1, own) });
        const members = [member('a'), ...others.map((_, place) => member(`n${place}`))];
        others.forEach(({ index, isGranting }, place) => {
          const known = member(`n${place}`);
          campaign.answered(known, { ...granted(known, last(1, index)), granted: isGranting });
        });
        const decision = campaign.decide(membershipOf(...members));
        if (decision.kind !== 'won') return;
        const held = [own, ...others.map(({ index }) => index)];
        const committed = held.filter((index) => held.filter((other) => other >= index).length * 2 > held.length);
        expect(decision.mostAdvanced.last.index).toBeGreaterThanOrEqual(Math.max(0, ...committed));
      }),
    );
  });
});

describe('isMoreAdvanced', () => {
  it('looks at the last epoch first, then at the index', () => {
    expect(isMoreAdvanced(last(4, 1), last(3, 9))).toBe(true);
    expect(isMoreAdvanced(last(3, 9), last(4, 1))).toBe(false);
    expect(isMoreAdvanced(last(3, 9), last(3, 8))).toBe(true);
    expect(isMoreAdvanced(last(3, 9), last(3, 9))).toBe(false);
  });
});
