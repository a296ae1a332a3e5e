import { MEDIA } from '@replog/contracts/http.js';
import { recordEpoch } from '@replog/contracts/record.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { DamageList, epochDraft, FakeNode, WatchedLogStore } from '../testing/reading-fixture.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { Alarm } from './alarm.js';
import { MessageReader } from './message-reader.js';
import type { ReadQuery } from './read-query.js';
import { TAIL_BEAT_MS, TailFeed } from './tail-feed.js';

const TAIL: ReadQuery = { format: MEDIA.eventStream, afterSeq: 0, afterEpoch: null, limit: Infinity, concern: 'local' };

let store: WatchedLogStore;
let node: FakeNode;
let clock: VirtualClock;
let reader: MessageReader;
let stops: (() => void)[];

beforeEach(() => {
  store = new WatchedLogStore();
  node = new FakeNode();
  clock = new VirtualClock();
  reader = new MessageReader(store, node, clock, new DamageList());
  stops = [];
});

/** A tail that takes everything at once, and the pieces it got. */
function follow(query: Partial<ReadQuery> = {}): Buffer[] {
  const heard: Buffer[] = [];
  const end = new AbortController();
  const pieces = reader.read({ ...TAIL, ...query }, end.signal);
  stops.push(() => end.abort());
  void (async () => {
    for await (const piece of pieces) if (piece.includes('id: ')) heard.push(piece);
  })();
  return heard;
}

/** The seqs of each piece. */
const seqsOf = (pieces: readonly Buffer[]): number[][] =>
  pieces.map((piece) => [...piece.toString().matchAll(/^id: (\d+)@1$/gm)].map(([, seq]) => Number(seq)));

async function stopAll(): Promise<void> {
  for (const stop of stops) stop();
  await clock.run(0);
}

describe('live tails', () => {
  it('share one read and one text at the same position', async () => {
    const tails = Array.from({ length: 16 }, () => follow());
    await clock.run(TAIL_BEAT_MS);
    await store.write(1, 3);
    await clock.run(0);
    await store.write(4, 5);
    await clock.run(TAIL_BEAT_MS);
    for (const heard of tails)
      expect(seqsOf(heard)).toEqual([
        [1, 2, 3],
        [4, 5],
      ]);
    for (const heard of tails) expect(heard[1]).toBe(tails[0]?.[1]);
    expect(store.reads).toBe(2);
    await stopAll();
  });

  it('get the first record after a silence at once, and under load the records of a beat together', async () => {
    const heard = follow();
    await clock.run(TAIL_BEAT_MS);
    await store.write(1, 1);
    await clock.run(0);
    expect(seqsOf(heard)).toEqual([[1]]);
    for (let seq = 2; seq <= 9; seq++) {
      await store.write(seq, seq);
      await clock.run(TAIL_BEAT_MS / 5);
    }
    expect(seqsOf(heard)).toEqual([[1], [2, 3, 4, 5, 6]]);
    await clock.run(TAIL_BEAT_MS);
    expect(seqsOf(heard)).toEqual([[1], [2, 3, 4, 5, 6], [7, 8, 9]]);
    await stopAll();
  });

  it('get only what they asked for', async () => {
    await store.write(1, 4);
    const all = follow();
    const late = follow({ afterSeq: 2 });
    const few = follow({ limit: 3 });
    const committed = follow({ concern: 'majority' });
    await clock.run(TAIL_BEAT_MS);
    node.commit(3);
    await clock.run(TAIL_BEAT_MS);
    await store.write(5, 6);
    await clock.run(TAIL_BEAT_MS);
    expect(seqsOf(all).flat()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seqsOf(late).flat()).toEqual([3, 4, 5, 6]);
    expect(seqsOf(few).flat()).toEqual([1, 2, 3]);
    expect(seqsOf(committed).flat()).toEqual([1, 2, 3]);
    await stopAll();
  });

  it('give nothing of a log that was cut after the beat and is not durable again', async () => {
    let finishSync = (): void => undefined;
    let isHeld = false;
    store = new WatchedLogStore({
      sync: () => (isHeld ? new Promise((done) => (finishSync = done)) : Promise.resolve()),
    });
    reader = new MessageReader(store, node, clock, new DamageList());
    await store.write(1, 9);
    follow({ afterSeq: 9 });
    await clock.run(TAIL_BEAT_MS);
    await store.setAsideAfter(2, { epoch: 2, master: 'other' });
    isHeld = true;
    const writing = store.write(3, 6);
    const heard = follow();
    await clock.run(TAIL_BEAT_MS);
    expect(seqsOf(heard).flat()).toEqual([1, 2]);
    finishSync();
    await writing;
    await clock.run(TAIL_BEAT_MS);
    expect(seqsOf(heard).flat()).toEqual([1, 2, 3, 4, 5, 6]);
    await stopAll();
  });

  it('read the log anew after a cut, also before the next beat', async () => {
    await store.write(1, 3);
    const feed = new TailFeed(store, node, clock);
    const leave = feed.join(new Alarm(clock));
    const range = { maxBytes: 1, upTo: 3 };
    const before = await feed.read(3, range);
    expect(await feed.read(3, range)).toBe(before);
    await store.setAsideAfter(2, { epoch: 2, master: 'other' });
    store.put(epochDraft(2));
    await store.whenDurable(3);
    feed.forget();
    expect(recordEpoch(await feed.read(3, range), 0)).toBe(2);
    leave();
  });

  it('leave nothing behind when they end', async () => {
    follow();
    follow();
    await clock.run(0);
    expect(node.listeners.size).toBe(1);
    await store.write(1, 1);
    await store.write(2, 2);
    await stopAll();
    expect(node.listeners.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
