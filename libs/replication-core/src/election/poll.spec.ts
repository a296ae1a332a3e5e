import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '@replog/contracts/http.js';
import { decideAfterPoll } from './poll.js';
import type { PollFacts, PollTerms } from './poll.js';
import { member, status } from '../testing/node-status.js';

const FACTS: PollFacts = {
  nodeId: 'a',
  incarnation: 'i1',
  clusterId: 'c',
  epoch: 5,
  membership: { members: ['a', 'b', 'c'].map(member), removed: [{ nodeId: 'gone', incarnation: 'i1' }] },
  storage: 'ok',
  last: { index: 1, epoch: 1, chain: 1 },
};
const USUAL: PollTerms = { isNeverMaster: false, givesWay: false, isOutrun: false };
const decide = (facts: PollFacts, answers: readonly NodeStatus[], terms = USUAL) =>
  decideAfterPoll(facts, answers, terms);

const master = (nodeId: string, epoch: number, other: Partial<NodeStatus> = {}): NodeStatus =>
  status(nodeId, { role: 'master', holdsTerm: true, epoch, ...other });

describe('decideAfterPoll', () => {
  it('never campaigns with a disk that stores nothing, and still follows a master', () => {
    for (const storage of ['stalled', 'full', 'damaged'] as const) {
      const decision = decide({ ...FACTS, storage }, [status('b'), status('c')]);
      expect(decision).toMatchObject({
        kind: 'wait',
        reason: expect.stringMatching(/^this node stores nothing now: its/),
      });
    }
    expect(decide({ ...FACTS, storage: 'stalled' }, [master('b', 5)])).toMatchObject({ kind: 'follow' });
    expect(decide(FACTS, [status('b'), status('c')])).toMatchObject({ kind: 'campaign' });
  });

  it('follows a living master of an equal or higher epoch, the newest of several', () => {
    expect(decide(FACTS, [master('b', 5)])).toMatchObject({ kind: 'follow', master: { nodeId: 'b' } });
    expect(decide(FACTS, [master('b', 6), master('c', 8)])).toEqual({
      kind: 'follow',
      master: { nodeId: 'c', url: 'http://c', epoch: 8 },
    });
  });

  it('follows one even where it is no member itself', () => {
    expect(decide({ ...FACTS, nodeId: 'x' }, [master('b', 5)])).toMatchObject({ kind: 'follow' });
  });

  it('follows no master of a lower epoch, another cluster, without a term or without an address', () => {
    for (const seen of [
      master('b', 4),
      master('b', 9, { clusterId: 'other' }),
      master('b', 9, { holdsTerm: false }),
      master('b', 9, { url: null }),
      master('a', 9),
    ]) {
      expect(decide(FACTS, [seen]).kind).not.toBe('follow');
    }
  });

  it('follows a master of a lower epoch where it has heard that it is no member any more', () => {
    const answers = [master('b', 4), status('c')];
    expect(decide(FACTS, answers, { ...USUAL, isOutrun: true })).toMatchObject({
      kind: 'follow',
      master: { nodeId: 'b', epoch: 4 },
    });
    expect(decide(FACTS, answers).kind).toBe('campaign');
    expect(decide(FACTS, [status('b'), status('c')], { ...USUAL, isOutrun: true }).kind).toBe('campaign');
  });

  it('campaigns with an epoch above every one it heard of', () => {
    expect(decide(FACTS, [status('b', { epoch: 7 })])).toEqual({ kind: 'campaign', epoch: 8 });
    expect(decide({ ...FACTS, epoch: 11 }, [status('b')])).toEqual({ kind: 'campaign', epoch: 12 });
  });

  it('campaigns alone where it is the only member', () => {
    const alone = { ...FACTS, membership: { members: [member('a')], removed: [] } };
    expect(decide(alone, [])).toEqual({ kind: 'campaign', epoch: 6 });
  });

  it('waits without a majority of the members in sight', () => {
    const outsiders = [status('x'), status('b', { incarnation: 'wiped' }), status('c', { clusterId: 'other' })];
    expect(decide(FACTS, outsiders)).toEqual({
      kind: 'wait',
      reason: expect.stringMatching(/^1 of 3 members are in sight, which is no majority\. .*"force": true/) as string,
    });
  });

  it('counts a node once that is known under two addresses', () => {
    const five = { ...FACTS, membership: { members: ['a', 'b', 'c', 'd', 'e'].map(member), removed: [] } };
    expect(decide(five, [status('b'), status('b', { url: 'http://alias' })])).toMatchObject({ kind: 'wait' });
    expect(decide(five, [status('b'), status('c')])).toMatchObject({ kind: 'campaign' });
  });

  it('waits as long as it is no member, and says in what way', () => {
    const reasonOf = (facts: PollFacts): string => {
      const decision = decide(facts, [status('b'), status('c')]);
      return decision.kind === 'wait' ? decision.reason : decision.kind;
    };
    expect(reasonOf({ ...FACTS, nodeId: 'x' })).toMatch(/because it is no member .*POST \/cluster\/promote/);
    expect(reasonOf({ ...FACTS, nodeId: 'gone' })).toMatch(/because it was removed .*POST \/cluster\/promote/);
    expect(reasonOf({ ...FACTS, incarnation: 'wiped' })).toMatch(/another data directory.*POST \/cluster\/promote/);
  });

  it('waits while no majority has lost the master, its own word apart', () => {
    const hears = (nodeId: string, whom: string | null): NodeStatus => status(nodeId, { hears: whom });
    expect(decide(FACTS, [hears('b', 'm'), hears('c', 'm')])).toEqual({
      kind: 'wait',
      reason: 'no majority has lost the master: b still hears m, c still hears m',
    });
    expect(decide(FACTS, [hears('b', 'm')])).toMatchObject({ kind: 'wait' });
    expect(decide(FACTS, [hears('b', 'm'), hears('c', null)])).toMatchObject({ kind: 'campaign' });
    // Members still hear the term that this node held before it was restarted.
    expect(decide(FACTS, [hears('b', 'a'), hears('c', 'a')])).toMatchObject({ kind: 'campaign' });
  });

  it('lets a member with a more advanced log go first, where it is told to', () => {
    const ahead = [status('b', { last: { index: 9, epoch: 1, chain: 9 } }), status('c')];
    expect(decide(FACTS, ahead, { ...USUAL, givesWay: true })).toEqual({
      kind: 'wait',
      reason: 'b has a more advanced log and goes first',
    });
    expect(decide(FACTS, [status('c')], { ...USUAL, givesWay: true })).toMatchObject({ kind: 'campaign' });
    expect(decide(FACTS, ahead)).toMatchObject({ kind: 'campaign' });
  });

  it('never campaigns with PRIORITY=0, and still follows a master', () => {
    const never = { ...USUAL, isNeverMaster: true };
    expect(decide(FACTS, [status('b'), status('c')], never)).toMatchObject({ kind: 'wait' });
    expect(decide(FACTS, [master('b', 5)], never)).toMatchObject({ kind: 'follow' });
  });
});
