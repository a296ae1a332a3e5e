import { describe, expect, it } from 'vitest';
import { member } from '../testing/node-status.js';
import {
  countedSilenceMs,
  failoverStanding,
  hasLostMaster,
  isAutomatic,
  isPaused,
  majoritySilentMs,
  patienceMs,
  whyNoMaster,
} from './failover.js';
import type { FailoverStanding } from './failover.js';

const membership = { members: ['a', 'b', 'c'].map(member), removed: [] };
const SETTINGS = { failover: 'auto', electionTimeoutMs: 1_000, priority: 50 } as const;

describe('automatic failover', () => {
  it('needs three members, and an operator can switch it off and pause it', () => {
    expect(isAutomatic(SETTINGS, membership, 0)).toBe(true);
    expect(isAutomatic({ failover: 'manual' }, membership, 0)).toBe(false);
    expect(isAutomatic(SETTINGS, { ...membership, members: membership.members.slice(1) }, 0)).toBe(false);
    expect(isAutomatic(SETTINGS, { ...membership, pausedUntilMs: 10 }, 9)).toBe(false);
    expect(isAutomatic(SETTINGS, { ...membership, pausedUntilMs: 10 }, 10)).toBe(true);
    expect(isPaused({}, 5)).toBe(false);
  });

  it('waits anew after a pause', () => {
    expect(countedSilenceMs({}, { silentMs: 500, wallMs: 10_000 })).toBe(500);
    expect(countedSilenceMs({ pausedUntilMs: 9_900 }, { silentMs: 500, wallMs: 10_000 })).toBe(100);
    expect(countedSilenceMs({ pausedUntilMs: 10_100 }, { silentMs: 500, wallMs: 10_000 })).toBe(0);
  });

  it('says why another node would not be elected, and what to do', () => {
    const standing = (members: number, pausedUntilMs?: number): FailoverStanding =>
      failoverStanding(
        SETTINGS,
        {
          ...{ members: membership.members.slice(0, members), removed: [] },
          ...(pausedUntilMs === undefined ? {} : { pausedUntilMs }),
        },
        1_000,
      );
    expect(standing(3)).toEqual({ mode: 'auto', pausedUntilMs: null, possible: true, why: null });
    expect(standing(2)).toMatchObject({
      possible: false,
      why: 'With two members no other node can be elected when the master is gone: use three.',
    });
    expect(standing(1).why).toContain('With one member');
    expect(standing(0).why).toContain('has to join a cluster first');
    expect(standing(3, 60_000)).toMatchObject({ possible: false, pausedUntilMs: 60_000 });
    expect(standing(3, 60_000).why).toContain(
      'until 1970-01-01T00:01:00.000Z. End the pause with POST /cluster/failover',
    );
    expect(standing(3, 1_000)).toMatchObject({ possible: true, pausedUntilMs: null });
    const manual = failoverStanding({ failover: 'manual' }, { ...membership, pausedUntilMs: 2_000 }, 1_000);
    expect(manual).toMatchObject({ mode: 'manual', possible: false, pausedUntilMs: 2_000 });
    expect(manual.why).toContain('POST /cluster/promote');
  });

  it('waits from one timeout to one and a half, less with a higher priority', () => {
    expect(patienceMs({ ...SETTINGS, priority: 100 }, 0)).toBe(1_000);
    expect(patienceMs({ ...SETTINGS, priority: 0 }, 1)).toBe(1_500);
    expect(patienceMs(SETTINGS, 0.5)).toBe(1_250);
    expect(patienceMs({ ...SETTINGS, priority: 90 }, 0.5)).toBeLessThan(patienceMs(SETTINGS, 0.5));
  });
});

describe('a secondary', () => {
  const facts = { ...member('a'), membership, storage: 'ok' } as const;
  const wait = { silentMs: 1_300, patienceMs: 1_250 };

  it('has lost its master when it was silent for longer than it waits', () => {
    expect(hasLostMaster(facts, SETTINGS, wait)).toBe(true);
    expect(hasLostMaster(facts, SETTINGS, { ...wait, silentMs: 1_249 })).toBe(false);
  });

  it('stays out of it with PRIORITY=0, as a learner, and with a disk that stores nothing', () => {
    expect(hasLostMaster(facts, { priority: 0 }, wait)).toBe(false);
    expect(hasLostMaster({ ...facts, incarnation: 'i2' }, SETTINGS, wait)).toBe(false);
    for (const storage of ['full', 'stalled', 'damaged'] as const) {
      expect(hasLostMaster({ ...facts, storage }, SETTINGS, wait)).toBe(false);
    }
  });
});

describe('a master', () => {
  const settings = { electionTimeoutMs: 1_000, quorumLoss: 'read-only' } as const;

  it('has heard a majority when it last heard enough of the others', () => {
    expect(majoritySilentMs([], 500)).toBe(0);
    expect(majoritySilentMs([100, 400], 500)).toBe(100);
    expect(majoritySilentMs([100, 400, 300, 200], 500)).toBe(200);
    expect(majoritySilentMs([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], 500)).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives up its term when it hears no majority, except with QUORUM_LOSS=accept', () => {
    expect(whyNoMaster({ storage: 'ok', silentMs: 999 }, settings)).toBeNull();
    expect(whyNoMaster({ storage: 'full', silentMs: 1_000 }, settings)).toBe('unheard');
    expect(whyNoMaster({ storage: 'ok', silentMs: 9_000 }, { ...settings, quorumLoss: 'accept' })).toBeNull();
  });

  it('gives it up with a stalled disk, where a majority is there to take over', () => {
    expect(whyNoMaster({ storage: 'stalled', silentMs: 0 }, settings)).toBe('stalled');
    expect(whyNoMaster({ storage: 'stalled', silentMs: 1_000 }, settings)).toBeNull();
  });
});
