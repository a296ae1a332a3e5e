import { describe, expect, it } from 'vitest';
import { newestToCome, standingOf } from './standing.js';

describe('a place in a log', () => {
  it('is shared if the message there is of its epoch, and changed if it is of another', () => {
    const known = { epochThere: 2, lastEpoch: 3, newestToCome: 3 };
    expect(standingOf({ seq: 4, epoch: 2 }, known)).toBe('shared');
    expect(standingOf({ seq: 4, epoch: 1 }, known)).toBe('changed');
    expect(standingOf({ seq: 4, epoch: 3 }, known)).toBe('changed');
  });

  it('is shared before the first message, in every log', () => {
    expect(standingOf({ seq: 0, epoch: 0 }, { epochThere: null, lastEpoch: 7, newestToCome: 7 })).toBe('shared');
  });

  it('beyond the end is ahead while the log may still come to it', () => {
    const known = { epochThere: null, lastEpoch: 2, newestToCome: 4 };
    for (const epoch of [2, 3, 4]) expect(standingOf({ seq: 9, epoch }, known)).toBe('ahead');
    expect(standingOf({ seq: 9, epoch: 5 }, { ...known, newestToCome: Infinity })).toBe('ahead');
  });

  it('beyond the end is changed if its epoch is over here, or if nobody told this node of it', () => {
    const known = { epochThere: null, lastEpoch: 2, newestToCome: 4 };
    for (const epoch of [0, 1, 5]) expect(standingOf({ seq: 9, epoch }, known)).toBe('changed');
  });
});

describe('the newest epoch whose messages may still come', () => {
  it('is what a follower has heard of, none for a master, and any while no master is known', () => {
    expect(newestToCome({ holdsTerm: false, knowsMaster: true, epoch: 4 })).toBe(4);
    expect(newestToCome({ holdsTerm: true, knowsMaster: true, epoch: 4 })).toBe(0);
    expect(newestToCome({ holdsTerm: false, knowsMaster: false, epoch: 4 })).toBe(Infinity);
  });
});
