import { Readable } from 'node:stream';
import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import { RecordKind } from '@replog/contracts/record.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { DamageList, epochDraft, FakeNode, messageDraft, WatchedLogStore } from '../testing/reading-fixture.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { READ_BLOCK_BYTES } from './log-cursor.js';
import { KEEP_ALIVE_MS, MessageReader } from './message-reader.js';
import type { ReadQuery } from './read-query.js';
import { TAIL_BEAT_MS } from './tail-feed.js';

const NDJSON: ReadQuery = { format: MEDIA.ndjson, afterSeq: 0, afterEpoch: null, limit: Infinity, concern: 'local' };
const JSON_LIST: ReadQuery = { ...NDJSON, format: MEDIA.json };
const TAIL: ReadQuery = { ...NDJSON, format: MEDIA.eventStream };
const KEEP_ALIVE = ': keep-alive\n\n';

let store: WatchedLogStore;
let node: FakeNode;
let clock: VirtualClock;
let damage: DamageList;
let reader: MessageReader;

beforeEach(() => {
  open(new WatchedLogStore());
});

function open(log: WatchedLogStore): void {
  store = log;
  node = new FakeNode();
  clock = new VirtualClock();
  damage = new DamageList();
  reader = new MessageReader(store, node, clock, damage);
}

async function textOf(query: ReadQuery): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of reader.read(query, new AbortController().signal)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function restOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece.toString();
  return text;
}

async function seqsOf(query: ReadQuery): Promise<number[]> {
  const lines = (await textOf(query)).split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
}

async function refusalOf(run: Promise<unknown>): Promise<ReplogError> {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ReplogError) return error;
  throw new Error(`not refused as expected: ${String(error)}`);
}

/** A live tail and what it has sent since the last question. */
class Tail {
  private readonly end = new AbortController();
  private readonly pieces;
  private readonly heard: string[] = [];
  readonly done: Promise<void>;

  constructor(query: ReadQuery = TAIL) {
    this.pieces = reader.read(query, this.end.signal);
    this.done = this.listen();
  }

  stop(): void {
    this.end.abort();
  }

  async news(): Promise<string[]> {
    await clock.run(TAIL_BEAT_MS);
    return this.heard.splice(0);
  }

  /** The seqs of what was sent, from the `id:` fields. */
  async seqs(): Promise<number[]> {
    return [...(await this.news()).join('').matchAll(/^id: (\d+)@\d+$/gm)].map(([, seq]) => Number(seq));
  }

  private async listen(): Promise<void> {
    for await (const piece of this.pieces) this.heard.push(piece.toString());
  }
}

describe('a list', () => {
  it('returns messages as they were stored, and no records of other kinds', async () => {
    store.put(
      epochDraft(1),
      messageDraft('{"a": 1.50, "a":"\\ud800"}', 'k"1'),
      epochDraft(2),
      messageDraft('""', null, 2),
    );
    await store.whenDurable(4);
    const first =
      '{"seq":1,"epoch":1,"timestamp":"2026-01-02T03:04:05.678Z","key":"k\\"1","message":{"a": 1.50, "a":"\\ud800"}}';
    const second = '{"seq":2,"epoch":2,"timestamp":"2026-01-02T03:04:05.678Z","key":null,"message":""}';
    expect(await textOf(JSON_LIST)).toBe(`{"data":[${first},${second}]}`);
    expect(await textOf(NDJSON)).toBe(`${first}\n${second}\n`);
    expect((await reader.message({ seq: 2, epoch: null })).toString()).toBe(second);
  });

  it('is empty on an empty log, beyond the end, and if no record is a message', async () => {
    expect(await textOf(JSON_LIST)).toBe('{"data":[]}');
    expect(await textOf(NDJSON)).toBe('');
    store.put(epochDraft(1));
    await store.whenDurable(1);
    expect(await textOf(JSON_LIST)).toBe('{"data":[]}');
    await store.write(1, 3);
    expect(await textOf({ ...JSON_LIST, afterSeq: 3 })).toBe('{"data":[]}');
    expect(await textOf({ ...JSON_LIST, afterSeq: 1e9 })).toBe('{"data":[]}');
  });

  it('returns every message once, in order, over many blocks', async () => {
    const large = JSON.stringify('x'.repeat(READ_BLOCK_BYTES));
    await store.write(1, 9000);
    store.put(messageDraft(large), messageDraft('1'));
    await store.write(9003, 20_000);
    const seqs = await seqsOf(NDJSON);
    expect(seqs).toEqual(Array.from({ length: 20_000 }, (_, place) => place + 1));
    expect((JSON.parse(await textOf(JSON_LIST)) as { data: unknown[] }).data).toHaveLength(20_000);
    expect(store.reads).toBeGreaterThan(8);
  });

  it('begins after a seq, ends at the limit and reads no unneeded block', async () => {
    await store.write(1, 30_000);
    expect(await seqsOf({ ...NDJSON, afterSeq: 14_998, limit: 3 })).toEqual([14_999, 15_000, 15_001]);
    expect(store.reads).toBe(1);
  });

  it('covers the log as it was when the read began', async () => {
    await store.write(1, 6000);
    const pieces = reader.read(NDJSON, new AbortController().signal);
    const first = await pieces.next();
    await store.write(6001, 6010);
    const text = String(first.value) + (await restOf(pieces));
    expect(text).toContain('"seq":6000,');
    expect(text).not.toContain('"seq":6001,');
  });

  it('shows nothing that is not durable here', async () => {
    let finishSync = (): void => undefined;
    open(new WatchedLogStore({ sync: () => new Promise((resolve) => (finishSync = resolve)) }));
    store.put(messageDraft('1'));
    expect(await textOf(JSON_LIST)).toBe('{"data":[]}');
    expect((await refusalOf(reader.message({ seq: 1, epoch: null }))).code).toBe('NOT_FOUND');
    await clock.run(0);
    finishSync();
    await store.whenDurable(1);
    expect(await seqsOf(NDJSON)).toEqual([1]);
  });

  it('reads ahead of a client no further than its buffer', async () => {
    await store.write(1, 60_000);
    const pieces = reader.read(NDJSON, new AbortController().signal);
    const stream = Readable.from(pieces, { objectMode: false, highWaterMark: READ_BLOCK_BYTES });
    stream.read(0);
    await clock.run(1);
    await clock.run(1);
    expect(store.reads).toBeLessThan(4);
    stream.destroy();
  });

  it('with majority ends at what is committed, and at what is durable here', async () => {
    await store.write(1, 5);
    expect(await seqsOf({ ...NDJSON, concern: 'majority' })).toEqual([]);
    node.committed = 3;
    expect(await seqsOf({ ...NDJSON, concern: 'majority' })).toEqual([1, 2, 3]);
    node.committed = 99;
    expect(await seqsOf({ ...NDJSON, concern: 'majority' })).toEqual([1, 2, 3, 4, 5]);
  });

  it('with linearizable ends at the index that the master confirmed, or says why it cannot', async () => {
    await store.write(1, 5);
    node.confirmTerm = () => Promise.resolve(4);
    expect(await seqsOf({ ...NDJSON, concern: 'linearizable' })).toEqual([1, 2, 3, 4]);
    node.confirmTerm = () => Promise.reject(new ReplogError('NOT_MASTER', 'ask the master'));
    expect((await refusalOf(textOf({ ...NDJSON, concern: 'linearizable' }))).code).toBe('NOT_MASTER');
  });

  it('fails if the log was cut meanwhile, and does not just end early', async () => {
    await store.write(1, 12_000);
    const pieces = reader.read(NDJSON, new AbortController().signal);
    await pieces.next();
    await store.setAsideAfter(10, { epoch: 2, master: 'other' });
    expect((await refusalOf(restOf(pieces))).code).toBe('NOT_READY');
  });

  it('fails if the history changed, and never mixes two histories', async () => {
    await store.write(1, 12_000);
    const pieces = reader.read(NDJSON, new AbortController().signal);
    await pieces.next();
    await store.setAsideAfter(10, { epoch: 2, master: 'other' });
    const drafts = Array.from({ length: 12_000 }, () => messageDraft('"other"', null, 2));
    store.put(...drafts);
    await store.whenDurable(store.last.index);
    expect((await refusalOf(restOf(pieces))).code).toBe('NOT_READY');
  });
});

describe('a log that ends before damage', () => {
  const HIDDEN = { segment: '00000001', index: 4, offset: 4096, fault: 'crc' };
  beforeEach(async () => {
    await store.write(1, 3);
    node.damage = HIDDEN;
  });

  it('never looks complete: a list breaks off at its end', async () => {
    for (const query of [JSON_LIST, NDJSON, { ...NDJSON, afterSeq: 3 }, { ...NDJSON, limit: 4 }]) {
      expect(await refusalOf(textOf(query))).toMatchObject({
        code: 'CORRUPT_RECORD',
        details: { extra: { index: 4 } },
      });
    }
    expect(await seqsOf({ ...NDJSON, limit: 3 })).toEqual([1, 2, 3]);
  });

  it('ends a live tail, and does not claim that a message beyond it does not exist', async () => {
    expect(await refusalOf(textOf(TAIL))).toMatchObject({ code: 'CORRUPT_RECORD' });
    expect(await refusalOf(reader.message({ seq: 4, epoch: null }))).toMatchObject({ code: 'CORRUPT_RECORD' });
    expect((await reader.message({ seq: 3, epoch: null })).toString()).toContain('"seq":3');
  });

  it('is complete as far as it is known to be committed', async () => {
    node.commit(2);
    expect(await seqsOf({ ...NDJSON, concern: 'majority' })).toEqual([1, 2]);
  });
});

describe('damage', () => {
  const error = new CorruptRecordError('00000001', 7, 4096, 'crc');

  it('is named to the client and reported, and never taken for the end of the log', async () => {
    await store.write(1, 9);
    store.damage = error;
    const refusal = await refusalOf(textOf(NDJSON));
    expect(refusal.code).toBe('CORRUPT_RECORD');
    expect(refusal.details.extra).toEqual({ segment: '00000001', index: 7 });
    expect(damage.reported).toEqual([error]);
    expect((await refusalOf(reader.message({ seq: 8, epoch: null }))).code).toBe('CORRUPT_RECORD');
    expect((await reader.message({ seq: 6, epoch: null })).toString()).toContain('"message":6');
  });
});

describe('one message', () => {
  it('that does not exist is answered with the end of the log', async () => {
    expect((await refusalOf(reader.message({ seq: 1, epoch: null }))).message).toContain('no messages yet');
    await store.write(1, 5);
    expect((await refusalOf(reader.message({ seq: 6, epoch: null }))).message).toContain(
      'the last one on this node is 5',
    );
  });
});

describe('a read after a place', () => {
  const after = (afterSeq: number, afterEpoch: number): ReadQuery => ({ ...NDJSON, afterSeq, afterEpoch });
  beforeEach(async () => {
    node.master = { nodeId: 'm', url: 'http://m', epoch: 1 };
    node.holdsTerm = false;
    await store.write(1, 5);
  });

  it('goes on if the log has the place, and is refused if another message is there', async () => {
    expect(await seqsOf(after(3, 1))).toEqual([4, 5]);
    expect(await refusalOf(textOf(after(3, 2)))).toMatchObject({
      code: 'HISTORY_CHANGED',
      details: { extra: { seq: 3, epoch: 2, shared: { seq: 2, epoch: 1 } } },
    });
  });

  it('beyond the end is empty in an epoch that may go on, and refused in one that this log never had', async () => {
    expect(await seqsOf(after(9, 1))).toEqual([]);
    node.holdsTerm = true;
    expect((await refusalOf(textOf(after(9, 1)))).code).toBe('HISTORY_CHANGED');
    node.holdsTerm = false;
    expect((await refusalOf(textOf(after(9, 7)))).code).toBe('HISTORY_CHANGED');
    store.put(epochDraft(2));
    await store.whenDurable(6);
    expect((await refusalOf(textOf(after(9, 1)))).code).toBe('HISTORY_CHANGED');
    expect(await seqsOf({ ...NDJSON, afterSeq: 9 })).toEqual([]);
  });

  it('gives one message only in its own epoch', async () => {
    expect((await reader.message({ seq: 5, epoch: 1 })).toString()).toContain('"seq":5,"epoch":1');
    expect((await refusalOf(reader.message({ seq: 5, epoch: 2 }))).code).toBe('HISTORY_CHANGED');
    expect((await refusalOf(reader.message({ seq: 6, epoch: 1 }))).code).toBe('NOT_FOUND');
  });
});

describe('a live tail over a cut', () => {
  beforeEach(() => {
    node.master = { nodeId: 'm', url: 'http://m', epoch: 1 };
    node.holdsTerm = false;
  });

  /** Another master's history from `index` on: the start of its epoch and `count` messages. */
  async function replaceAfter(index: number, epoch: number, count: number): Promise<string | undefined> {
    const set = await store.setAsideAfter(index, { epoch, master: 'other' });
    store.put(epochDraft(epoch), ...Array.from({ length: count }, () => messageDraft('"new"', null, epoch)));
    await store.whenDurable(store.last.index);
    return set?.id;
  }

  function lastEventOf(text: string): { id: string; event: string; data: Record<string, unknown> } {
    const [id = '', event = '', data = ''] = text.trim().split('\n').slice(-3);
    return { id, event, data: JSON.parse(data.slice('data: '.length)) as Record<string, unknown> };
  }

  it.each([0, 2, 8])('ends with an event that says so, before any of %i new messages', async (count) => {
    await store.write(1, 5);
    const tail = new Tail();
    expect(await tail.seqs()).toEqual([1, 2, 3, 4, 5]);
    const orphanSet = await replaceAfter(2, 2, count);
    const told = lastEventOf((await tail.news()).join(''));
    expect([told.id, told.event]).toEqual(['id: 2@1', 'event: history-changed']);
    expect(told.data).toMatchObject({ code: 'HISTORY_CHANGED', status: 409, seq: 5, epoch: 1, orphanSet });
    expect(told.data['shared']).toEqual({ seq: 2, epoch: 1 });
    await tail.done;
    expect(node.listeners.size).toBe(0);
  });

  it('says so also to a client that waits at the end and came with a number alone', async () => {
    await store.write(1, 5);
    const tail = new Tail({ ...TAIL, afterSeq: 5 });
    expect(await tail.news()).toEqual([KEEP_ALIVE]);
    await replaceAfter(2, 2, 9);
    expect(lastEventOf((await tail.news()).join(''))).toMatchObject({ id: 'id: 2@1', data: { seq: 5, epoch: 1 } });
    await tail.done;
  });

  it('goes on without a gap if the cut took nothing that the client has', async () => {
    await store.write(1, 3);
    store.put(epochDraft(2));
    await store.whenDurable(4);
    const tail = new Tail();
    expect(await tail.seqs()).toEqual([1, 2, 3]);
    await replaceAfter(3, 3, 2);
    expect(await tail.seqs()).toEqual([4, 5]);
    tail.stop();
    await tail.done;
  });

  it('of a reader ahead waits for its place, and says so when the log passes it by', async () => {
    await store.write(1, 3);
    const ahead = { ...TAIL, afterSeq: 5, afterEpoch: 1 };
    const lucky = new Tail(ahead);
    const passed = new Tail({ ...ahead, afterSeq: 9 });
    expect(await lucky.news()).toEqual([KEEP_ALIVE]);
    await store.write(4, 6);
    expect(await lucky.seqs()).toEqual([6]);
    await replaceAfter(6, 2, 1);
    expect(await lucky.seqs()).toEqual([7]);
    expect(lastEventOf((await passed.news()).join(''))).toMatchObject({
      id: 'id: 6@1',
      event: 'event: history-changed',
    });
    lucky.stop();
    await Promise.all([lucky.done, passed.done]);
  });

  it('is refused at once if the place is lost before it opens', async () => {
    await store.write(1, 5);
    await replaceAfter(2, 2, 9);
    for (const afterSeq of [5, 99]) {
      expect((await refusalOf(textOf({ ...TAIL, afterSeq, afterEpoch: 1 }))).code).toBe('HISTORY_CHANGED');
    }
  });
});

describe('a live tail', () => {
  it('sends the existing messages, then new ones, each as an event with its seq as id', async () => {
    await store.write(1, 2);
    const tail = new Tail();
    const event = (seq: number): string =>
      `id: ${seq}@1\nevent: message\ndata: {"seq":${seq},"epoch":1,"timestamp":"2026-01-02T03:04:05.678Z","key":null,"message":${seq}}\n\n`;
    expect((await tail.news()).join('')).toBe(event(1) + event(2));
    await store.write(3, 3);
    expect(await tail.news()).toEqual([event(3)]);
    tail.stop();
    await tail.done;
  });

  it('resumes after a seq, also after one that does not exist yet', async () => {
    await store.write(1, 5);
    const resumed = new Tail({ ...TAIL, afterSeq: 3 });
    const early = new Tail({ ...TAIL, afterSeq: 7 });
    expect(await resumed.seqs()).toEqual([4, 5]);
    await store.write(6, 9);
    expect(await resumed.seqs()).toEqual([6, 7, 8, 9]);
    expect(await early.seqs()).toEqual([8, 9]);
    for (const tail of [resumed, early]) tail.stop();
    await Promise.all([resumed.done, early.done]);
  });

  it('ends after its limit', async () => {
    await store.write(1, 2);
    const tail = new Tail({ ...TAIL, limit: 3 });
    await store.write(3, 9);
    await tail.done;
    expect(await tail.seqs()).toEqual([1, 2, 3]);
  });

  it('opens at once and sends comments while there are no messages', async () => {
    const tail = new Tail();
    expect(await tail.news()).toEqual([KEEP_ALIVE]);
    await clock.run(KEEP_ALIVE_MS - 2 * TAIL_BEAT_MS - 1);
    expect(await tail.news()).toEqual([]);
    store.put({ ...messageDraft(''), kind: RecordKind.EpochStart });
    expect(await tail.news()).toEqual([KEEP_ALIVE]);
    await store.write(1, 1);
    expect(await tail.seqs()).toEqual([1]);
    await clock.run(2 * KEEP_ALIVE_MS);
    expect(await tail.news()).toEqual([KEEP_ALIVE, KEEP_ALIVE]);
    tail.stop();
    await tail.done;
  });

  it('with majority follows the committed index', async () => {
    await store.write(1, 5);
    const tail = new Tail({ ...TAIL, concern: 'majority' });
    expect(await tail.seqs()).toEqual([]);
    node.commit(2);
    expect(await tail.seqs()).toEqual([1, 2]);
    node.commit(9);
    expect(await tail.seqs()).toEqual([3, 4, 5]);
    await store.write(6, 6);
    expect(await tail.seqs()).toEqual([6]);
    tail.stop();
    await tail.done;
  });

  it('leaves nothing behind when it is stopped', async () => {
    const tail = new Tail();
    await tail.news();
    expect(node.listeners.size).toBe(1);
    tail.stop();
    await tail.done;
    expect(node.listeners.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
