import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMajority } from '../quorum/majority.js';
import { refusalOfVote } from './vote.js';
import type { VoteFacts } from './vote.js';

const FACTS: VoteFacts = {
  clusterId: 'c',
  vote: { epoch: 5, to: 'a' },
  logEpoch: 4,
  logIndex: 9,
  isListed: true,
  holdsTerm: false,
  isDamaged: false,
  isStalled: false,
  hears: null,
  isPaused: false,
};
const request = (epoch: number, candidate = 'a', clusterId = 'c') => ({ clusterId, epoch, candidate });

describe('refusalOfVote', () => {
  it('votes in a higher epoch for anybody, and in the same epoch again for the same candidate only', () => {
    expect(refusalOfVote(FACTS, request(6, 'b'))).toBeNull();
    expect(refusalOfVote(FACTS, request(5, 'a'))).toBeNull();
    expect(refusalOfVote(FACTS, request(5, 'b'))).toBe('VOTED_OTHER');
    expect(refusalOfVote(FACTS, request(4, 'a'))).toBe('VOTED_HIGHER');
    expect(refusalOfVote({ ...FACTS, logEpoch: 1 }, request(3, 'a'))).toBe('VOTED_HIGHER');
  });

  it('votes in no epoch that the log has seen', () => {
    expect(refusalOfVote({ ...FACTS, vote: null }, request(4))).toBe('VOTED_HIGHER');
    expect(refusalOfVote({ ...FACTS, vote: null }, request(5))).toBeNull();
  });

  it('does not vote for a candidate with less log that is no member in its own', () => {
    const asked = (epoch: number, index: number) => ({ ...request(6, 'b'), last: { epoch, index } });
    const unlisted = { ...FACTS, isListed: false };
    expect(refusalOfVote(unlisted, asked(4, 8))).toBe('NOT_A_MEMBER');
    expect(refusalOfVote(unlisted, asked(3, 20))).toBe('NOT_A_MEMBER');
    expect(refusalOfVote({ ...unlisted, holdsTerm: true }, asked(4, 8))).toBe('NOT_A_MEMBER');
    expect(refusalOfVote(FACTS, asked(4, 8))).toBeNull();
    // It may have joined by a record that this node lacks.
    expect(refusalOfVote(unlisted, asked(4, 9))).toBeNull();
    expect(refusalOfVote(unlisted, asked(5, 2))).toBeNull();
    expect(refusalOfVote(unlisted, request(6, 'b'))).toBeNull();
  });

  it('does not vote while its disk is stalled: the vote could not be kept', () => {
    expect(refusalOfVote({ ...FACTS, isStalled: true }, request(6))).toBe('STORAGE_STALLED');
    expect(refusalOfVote({ ...FACTS, isStalled: true, holdsTerm: true }, request(6))).toBe('STORAGE_STALLED');
  });

  it('does not vote while it is master, nor for another cluster', () => {
    expect(refusalOfVote({ ...FACTS, holdsTerm: true }, request(9))).toBe('MASTER_ALIVE');
    expect(refusalOfVote(FACTS, request(9, 'a', 'other'))).toBe('FOREIGN_CLUSTER');
    expect(refusalOfVote({ ...FACTS, clusterId: null }, request(9, 'a', 'other'))).toBeNull();
  });

  it('does not vote with a damaged log, whose end is not what was acknowledged', () => {
    expect(refusalOfVote({ ...FACTS, isDamaged: true }, request(9))).toBe('LOG_DAMAGED');
  });

  it('does not vote while it hears another master, unless an operator asks', () => {
    const hearing = { ...FACTS, hears: 'm' };
    expect(refusalOfVote(hearing, request(9))).toBe('MASTER_HEARD');
    expect(refusalOfVote(hearing, { ...request(9), by: 'failover' })).toBe('MASTER_HEARD');
    expect(refusalOfVote(hearing, { ...request(9), by: 'operator' })).toBeNull();
    expect(refusalOfVote(hearing, { ...request(9, 'm'), by: 'start' })).toBeNull();
  });

  it('votes for no automatic failover while that is paused', () => {
    const paused = { ...FACTS, isPaused: true };
    expect(refusalOfVote(paused, { ...request(9), by: 'failover' })).toBe('FAILOVER_PAUSED');
    for (const by of ['start', 'operator'] as const) expect(refusalOfVote(paused, { ...request(9), by })).toBeNull();
  });

  it('never lets two candidates win one epoch, over any sequence of requests', () => {
    const asked = fc.record({
      voter: fc.nat({ max: 4 }),
      epoch: fc.integer({ min: 1, max: 6 }),
      candidate: fc.constantFrom('a', 'b', 'c'),
      /** The winner's first record reaches the voter. */
      writes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(asked, { maxLength: 80 }), (members, requests) => {
        const voters = Array.from({ length: members }, () => ({ ...FACTS, vote: null, logEpoch: 0 }) as VoteFacts);
        const granted = new Map<string, Set<number>>();
        for (const { voter, epoch, candidate, writes } of requests) {
          const place = voter % members;
          const facts = voters[place] as VoteFacts;
          if (refusalOfVote(facts, request(epoch, candidate)) !== null) continue;
          expect(epoch).toBeGreaterThanOrEqual(Math.max(facts.logEpoch, facts.vote?.epoch ?? 0));
          voters[place] = { ...facts, vote: { epoch, to: candidate }, logEpoch: writes ? epoch : facts.logEpoch };
          const name = `${epoch}/${candidate}`;
          granted.set(name, (granted.get(name) ?? new Set()).add(place));
        }
        const winners = [...granted]
          .filter(([, by]) => isMajority(by.size, members))
          .map(([name]) => name.split('/')[0]);
        expect(new Set(winners).size).toBe(winners.length);
      }),
    );
  });
});
