import { describe, expect, it } from 'vitest';
import { MasterChange } from './master-change.js';

describe('a change of master', () => {
  it('is over for all waiting requests at the same time', async () => {
    const change = new MasterChange();
    expect(change.over).toBeNull();
    change.update(true);
    const waiting = Promise.all([change.over, change.over]);
    change.update(false);
    expect(change.over).toBeNull();
    await expect(waiting).resolves.toHaveLength(2);
  });

  it('stays one change if it is begun again', () => {
    const change = new MasterChange();
    change.update(true);
    const { over } = change;
    change.update(true);
    expect(change.over).toBe(over);
  });

  it('does not affect the next change when it ends', async () => {
    const change = new MasterChange();
    change.update(true);
    const first = change.over;
    change.update(false);
    change.update(true);
    await first;
    expect(change.over).not.toBeNull();
  });
});
