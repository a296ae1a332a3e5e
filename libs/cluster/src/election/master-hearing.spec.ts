import { beforeEach, describe, expect, it } from 'vitest';
import { MasterHearing } from './master-hearing.js';

const TIMEOUT_MS = 1_000;

describe('what a node hears of its master', () => {
  let nowMs: number;
  let hearing: MasterHearing;

  beforeEach(() => {
    nowMs = 0;
    hearing = new MasterHearing({ clock: { nowMs: () => nowMs }, electionTimeoutMs: TIMEOUT_MS });
    hearing.heard('n1');
    nowMs = 600;
  });

  it('is its master until it was silent for an ELECTION_TIMEOUT', () => {
    expect(hearing.master).toBe('n1');
    nowMs = TIMEOUT_MS;
    expect(hearing.master).toBeNull();
    expect(hearing.silentMs).toBe(TIMEOUT_MS);
  });

  it('is not forgotten because the node finds the same master again, and not prolonged by that', () => {
    hearing.follow('n1');
    expect(hearing.master).toBe('n1');
    expect(hearing.silentMs).toBe(0);
    nowMs = TIMEOUT_MS;
    expect(hearing.master).toBeNull();
    expect(hearing.silentMs).toBe(400);
  });

  it('is nobody once the node follows another master, or has voted', () => {
    hearing.follow('n2');
    expect(hearing.master).toBeNull();
    hearing.heard('n2');
    hearing.begin();
    expect([hearing.master, hearing.lastMaster, hearing.silentMs]).toEqual([null, null, 0]);
  });

  it('is what it was when the process was stopped itself, and its wait begins anew', () => {
    nowMs = 5_000;
    hearing.excuse();
    expect(hearing.silentMs).toBe(0);
    expect(hearing.master).toBe('n1');
  });
});
