import { ReplogError } from '@replog/contracts/errors.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KnownMaster } from '../node/node-view.js';
import { epochDraft, messageDraft, WatchedLogStore } from '../testing/reading-fixture.js';
import { History } from './history.js';

let store: WatchedLogStore;
let view: { epoch: number; master: KnownMaster | null; holdsTerm: boolean };
let history: History;

beforeEach(() => {
  store = new WatchedLogStore();
  view = { epoch: 1, master: { nodeId: 'm', url: 'http://m', epoch: 1 }, holdsTerm: false };
  history = new History(store, view);
});

/** The start of an epoch and `count` messages of it. */
async function term(epoch: number, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, number) => messageDraft(`"${epoch}/${number}"`, null, epoch));
  store.put(epochDraft(epoch), ...messages);
  view.epoch = epoch;
  await store.whenDurable(store.last.index);
}

async function lostAt(seq: number, epoch: number): Promise<Record<string, unknown> | null> {
  try {
    await history.require({ seq, epoch });
    return null;
  } catch (error) {
    if (!(error instanceof ReplogError) || error.code !== 'HISTORY_CHANGED') throw error;
    return { ...error.details.extra, sentence: error.message };
  }
}

describe('a place that the log has', () => {
  it('is every one of its messages, and the beginning', async () => {
    await term(1, 3);
    await term(4, 2);
    for (const [seq, epoch] of [
      [0, 0],
      [3, 1],
      [4, 4],
      [5, 4],
    ] as const) {
      expect(await history.standingOf({ seq, epoch })).toBe('shared');
    }
  });

  it('may still come: beyond the end, in an epoch that is not over here', async () => {
    await term(1, 3);
    view.epoch = 2;
    expect(await history.standingOf({ seq: 9, epoch: 1 })).toBe('ahead');
    expect(await history.standingOf({ seq: 9, epoch: 2 })).toBe('ahead');
    expect(await lostAt(9, 2)).toBeNull();
  });

  it('may still come in any epoch while the node knows no master', async () => {
    expect(await lostAt(9, 7)).toMatchObject({ shared: { seq: 0, epoch: 0 } });
    view.master = null;
    expect(await lostAt(9, 7)).toBeNull();
  });
});

describe('a place that the log lacks', () => {
  it('is every place beyond the end of a master: a log restored to an older state', async () => {
    await term(1, 3);
    expect(await lostAt(9, 1)).toBeNull();
    view.holdsTerm = true;
    expect(await lostAt(9, 1)).toMatchObject({ shared: { seq: 3, epoch: 1 } });
  });

  it('is refused with the last place both share, exactly if the log has messages of that epoch', async () => {
    await term(1, 3);
    await term(2, 4);
    await term(5, 9);
    expect(await lostAt(9, 2)).toMatchObject({ seq: 9, epoch: 2, shared: { seq: 7, epoch: 2 } });
    expect(await lostAt(30, 2)).toMatchObject({ shared: { seq: 7, epoch: 2 } });
    expect(await lostAt(5, 1)).toMatchObject({ shared: { seq: 3, epoch: 1 } });
    expect(await lostAt(5, 1)).not.toHaveProperty('orphanSet');
  });

  it('never shares the message that has its number', async () => {
    await term(1, 3);
    await term(3, 1);
    expect(await lostAt(3, 2)).toMatchObject({ shared: { seq: 2, epoch: 1 } });
    expect(await lostAt(1, 2)).toMatchObject({ shared: { seq: 0, epoch: 0 } });
  });

  it('in an orphan set is named with the set, and shares what came before the set', async () => {
    await term(1, 2);
    await term(2, 3);
    await store.setAsideAfter(3, { epoch: 3, master: 'other' });
    const [set] = await store.orphanSets();
    // Message 3 of epoch 1 was never in the history of epoch 2, though its epoch is lower.
    store.put(messageDraft('"3"'));
    await term(3, 4);
    const lost = await lostAt(5, 2);
    expect(lost).toMatchObject({ shared: { seq: 2, epoch: 1 }, orphanSet: set?.id });
    expect(lost?.['sentence']).toContain(`orphan set ${set?.id}`);
    expect(lost?.['sentence']).toContain('Continue after 2@1.');
    expect(await lostAt(5, 1)).not.toHaveProperty('orphanSet');
    expect(await lostAt(9, 2)).not.toHaveProperty('orphanSet');
  });
});
