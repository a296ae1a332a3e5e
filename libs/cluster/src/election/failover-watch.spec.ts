import type { Clock } from '@replog/contracts/ports.js';
import type { RoleEvent } from '@replog/core/role/role-event.js';
import { member } from '@replog/core/testing/node-status.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { FailoverWatch } from './failover-watch.js';
import { MasterHearing } from './master-hearing.js';

const TIMEOUT_MS = 1_000;
const config = testConfig({ ELECTION_TIMEOUT: '1', HEARTBEAT: '0.2' });

/** Time goes on step by step, or jumps as for a process that was stopped. */
class SteppedClock {
  now = 0;
  private due: { atMs: number; run: () => void } | null = null;

  readonly nowMs = (): number => this.now;
  readonly wallMs = (): number => 1_000_000_000_000 + this.now;

  after(ms: number, run: () => void): { cancel: () => void } {
    const due = { atMs: this.now + ms, run };
    this.due = due;
    return { cancel: () => (this.due = this.due === due ? null : this.due) };
  }

  pass(ms: number): void {
    const untilMs = this.now + ms;
    while (this.due !== null && this.due.atMs <= untilMs) {
      this.now = Math.max(this.now, this.due.atMs);
      this.ring();
    }
    this.now = untilMs;
  }

  /** Nothing runs meanwhile; what is due then runs late. */
  stopFor(ms: number): void {
    this.now += ms;
    this.ring();
  }

  private ring(): void {
    const { due } = this;
    this.due = null;
    due?.run();
  }
}

describe('the watch of a member over its master', () => {
  let clock: SteppedClock;
  let hearing: MasterHearing;
  let events: RoleEvent[];
  let node: { holdsTerm: boolean; term: { silentMs: number; excuseSilence: () => void } | null };
  let excused: number;
  let watch: FailoverWatch;

  beforeEach(() => {
    clock = new SteppedClock();
    hearing = new MasterHearing({ clock, electionTimeoutMs: TIMEOUT_MS });
    events = [];
    excused = 0;
    const parts = {
      ...member('a'),
      membership: { members: ['a', 'b', 'c'].map(member), removed: [] },
      storage: 'ok',
      mayRegister: true,
      holdsTerm: false,
      term: null,
      hearing,
      roles: { give: (event: RoleEvent) => events.push(event) },
    };
    node = parts;
    const random = { next: () => 0.5, uuid: () => '' };
    watch = new FailoverWatch({
      node: parts as never,
      clock: clock as unknown as Clock,
      random: random as never,
      config,
    });
    hearing.heard('b');
    watch.start();
  });

  it('says after a while that the master is silent, and not before', () => {
    clock.pass(TIMEOUT_MS * 1.1);
    expect(events).toEqual([]);
    clock.pass(TIMEOUT_MS * 0.3);
    expect(events[0]).toMatchObject({ kind: 'masterLost', nodeId: 'b' });
  });

  it('does not blame the master for a time in which this process was stopped', () => {
    clock.pass(100);
    clock.stopFor(TIMEOUT_MS * 10);
    clock.pass(TIMEOUT_MS * 1.1);
    expect(events).toEqual([]);
    expect(hearing.lastMaster).toBe('b');
    clock.pass(TIMEOUT_MS * 0.3);
    expect(events[0]).toMatchObject({ kind: 'masterLost', nodeId: 'b' });
  });

  it('of a master says that it hears no majority, and excuses that after a stop of its own', () => {
    node.holdsTerm = true;
    node.term = { silentMs: TIMEOUT_MS, excuseSilence: () => (excused += 1) };
    clock.pass(TIMEOUT_MS / 20);
    expect(events.at(-1)).toEqual({ kind: 'masterUnfit', why: 'unheard', silentMs: TIMEOUT_MS });
    clock.stopFor(TIMEOUT_MS);
    expect(excused).toBe(1);
  });

  it('ends', () => {
    watch.stop();
    clock.pass(TIMEOUT_MS * 5);
    expect(events).toEqual([]);
  });
});
