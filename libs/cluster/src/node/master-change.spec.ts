import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { MASTER_CHANGE_MS, MasterChange } from './master-change.js';

describe('a change of master', () => {
  it('is over when the next master is known, for everybody who waits', async () => {
    const change = new MasterChange();
    expect(change.over).toBeNull();
    change.begin(new VirtualClock());
    const waiting = Promise.all([change.over, change.over]);
    change.end();
    expect(change.over).toBeNull();
    await expect(waiting).resolves.toHaveLength(2);
  });

  it('is over when its time is up, counted from its first sign', async () => {
    const clock = new VirtualClock();
    const change = new MasterChange();
    change.begin(clock);
    const { over } = change;
    clock.advance(MASTER_CHANGE_MS - 1);
    change.begin(clock);
    expect(change.over).toBe(over);
    clock.advance(1);
    await over;
    expect(change.over).toBeNull();
  });

  it('ends without harm to the next one', async () => {
    const clock = new VirtualClock();
    const change = new MasterChange();
    change.begin(clock);
    const first = change.over;
    change.end();
    change.begin(clock);
    await first;
    expect(change.over).not.toBeNull();
  });
});
