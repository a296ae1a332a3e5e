import { describe, expect, it } from 'vitest';
import { MasterChange } from './master-change.js';

describe('a change of master', () => {
  it('is over for everybody who waits at the same time', async () => {
    const change = new MasterChange();
    expect(change.over).toBeNull();
    change.update(true);
    const waiting = Promise.all([change.over, change.over]);
    change.update(false);
    expect(change.over).toBeNull();
    await expect(waiting).resolves.toHaveLength(2);
  });

  it('goes on as one, however often it is said to have begun', () => {
    const change = new MasterChange();
    change.update(true);
    const { over } = change;
    change.update(true);
    expect(change.over).toBe(over);
  });

  it('ends without harm to the next one', async () => {
    const change = new MasterChange();
    change.update(true);
    const first = change.over;
    change.update(false);
    change.update(true);
    await first;
    expect(change.over).not.toBeNull();
  });
});
