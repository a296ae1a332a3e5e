import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { describe, expect, it } from 'vitest';
import { MasterHearing } from './master-hearing.js';
import { MasterlessTime } from './masterless-time.js';

describe('the time without a master', () => {
  function watched(): {
    clock: VirtualClock;
    hearing: MasterHearing;
    node: { holdsTerm: boolean; readonly hears: string | null; hearing: MasterHearing };
    seconds: () => number;
    watch: MasterlessTime;
  } {
    const clock = new VirtualClock();
    const hearing = new MasterHearing({ clock, electionTimeoutMs: 5_000 });
    const node = {
      holdsTerm: false,
      hearing,
      get hears(): string | null {
        return hearing.master;
      },
    };
    let sum = 0;
    const watch = new MasterlessTime({
      node,
      clock,
      metrics: { withoutMaster: { inc: (s = 0) => void (sum += s) } as never },
    });
    return { clock, hearing, node, seconds: () => Math.round(sum), watch };
  }

  it('counts a silence from its beginning, once nobody is heard any more, until a master is heard', () => {
    const { clock, hearing, seconds, watch } = watched();
    hearing.heard('n1');
    watch.start();
    clock.advance(4_000);
    expect(seconds()).toBe(0);
    clock.advance(6_000);
    expect(seconds()).toBe(10);
    hearing.heard('n2');
    clock.advance(2_000);
    expect(seconds()).toBe(10);
    watch.stop();
    clock.advance(20_000);
    expect(seconds()).toBe(10);
  });

  it('counts nothing on a master', () => {
    const { clock, node, seconds, watch } = watched();
    node.holdsTerm = true;
    watch.start();
    clock.advance(20_000);
    node.holdsTerm = false;
    clock.advance(3_000);
    expect(seconds()).toBe(3);
    watch.stop();
  });
});
