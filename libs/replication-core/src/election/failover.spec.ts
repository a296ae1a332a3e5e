import { describe, expect, it } from 'vitest';
import { member } from '../testing/node-status.js';
import { hasLostMaster, isAutomatic, isPaused, majoritySilentMs, patienceMs, whyNoMaster } from './failover.js';

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
