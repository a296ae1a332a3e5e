import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMajority } from '../quorum/majority.js';
import { refusalOfPromise } from './promise.js';
import type { PromiseFacts } from './promise.js';

const FACTS: PromiseFacts = {
  clusterId: 'c',
  promised: { epoch: 5, to: 'a' },
  logEpoch: 4,
  inOffice: false,
  isDamaged: false,
};
const request = (epoch: number, candidate = 'a', clusterId = 'c') => ({ clusterId, epoch, candidate });

describe('refusalOfPromise', () => {
  it('promises a higher epoch to anybody, and the same epoch again to the same candidate only', () => {
    expect(refusalOfPromise(FACTS, request(6, 'b'))).toBeNull();
    expect(refusalOfPromise(FACTS, request(5, 'a'))).toBeNull();
    expect(refusalOfPromise(FACTS, request(5, 'b'))).toBe('PROMISED_OTHER');
    expect(refusalOfPromise(FACTS, request(4, 'a'))).toBe('PROMISED_HIGHER');
    expect(refusalOfPromise({ ...FACTS, logEpoch: 1 }, request(3, 'a'))).toBe('PROMISED_HIGHER');
  });

  it('promises no epoch that the log has seen', () => {
    expect(refusalOfPromise({ ...FACTS, promised: null }, request(4))).toBe('PROMISED_HIGHER');
    expect(refusalOfPromise({ ...FACTS, promised: null }, request(5))).toBeNull();
  });

  it('does not give way while in office, nor to another cluster', () => {
    expect(refusalOfPromise({ ...FACTS, inOffice: true }, request(9))).toBe('MASTER_ALIVE');
    expect(refusalOfPromise(FACTS, request(9, 'a', 'other'))).toBe('FOREIGN_CLUSTER');
    expect(refusalOfPromise({ ...FACTS, clusterId: null }, request(9, 'a', 'other'))).toBeNull();
  });

  it('does not vouch for a damaged log, whose end is not what was acknowledged', () => {
    expect(refusalOfPromise({ ...FACTS, isDamaged: true }, request(9))).toBe('LOG_DAMAGED');
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
        const voters = Array.from(
          { length: members },
          () => ({ ...FACTS, promised: null, logEpoch: 0 }) as PromiseFacts,
        );
        const granted = new Map<string, Set<number>>();
        for (const { voter, epoch, candidate, writes } of requests) {
          const place = voter % members;
          const facts = voters[place] as PromiseFacts;
          if (refusalOfPromise(facts, request(epoch, candidate)) !== null) continue;
          expect(epoch).toBeGreaterThanOrEqual(Math.max(facts.logEpoch, facts.promised?.epoch ?? 0));
          voters[place] = { ...facts, promised: { epoch, to: candidate }, logEpoch: writes ? epoch : facts.logEpoch };
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
