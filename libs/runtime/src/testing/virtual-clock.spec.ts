import { describe, expect, it } from 'vitest';

import { VirtualClock } from './virtual-clock.js';

describe('the virtual clock', () => {
  it('runs timers in order of time, then of creation, also those created meanwhile', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push(`late at ${clock.nowMs()}`));
    clock.after(10, () => {
      ran.push('first');
      clock.after(5, () => ran.push(`inner at ${clock.nowMs()}`));
    });
    clock.after(10, () => ran.push('second'));
    clock.after(15, () => ran.push('cancelled')).cancel();
    clock.advance(20);
    expect(ran).toEqual(['first', 'second', 'inner at 15', 'late at 20']);
    expect([clock.pending, clock.nextInMs]).toEqual([0, null]);
  });

  it('wakes a sleeper at its time, or when its signal aborts', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    let woken = 0;
    const count = (): void => void woken++;
    const sleeps = [clock.sleep(10).then(count), clock.sleep(1000, stop.signal).then(count)];
    await clock.run(9);
    expect(woken).toBe(0);
    await clock.run(1);
    expect(woken).toBe(1);
    stop.abort();
    await Promise.all(sleeps);
    expect([woken, clock.pending]).toEqual([2, 0]);
  });
});
