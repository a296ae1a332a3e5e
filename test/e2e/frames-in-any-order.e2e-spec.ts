/** What a secondary makes of frames that no sane network delivers: forged here, taken by the classes that run. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import { LOG_START, RecordKind } from '@replog/contracts/record.js';
import type { LogPosition, RecordDraft } from '@replog/contracts/record.js';
import { FollowerBench, MASTER } from '../support/follower-bench.js';

const EPOCH = 3;
const LENGTH = 30;

const message = (number: number, epoch: number, by: string): RecordDraft => ({
  kind: RecordKind.Message,
  epoch,
  timestampMs: number,
  key: null,
  payload: Buffer.from(`"message ${number} by ${by}"`),
});

interface History {
  /** By index, with the start at 0. */
  readonly positions: readonly LogPosition[];
  readonly records: readonly Buffer[];
}

/** Goes on from `before` to `upTo`, one record each. */
function historyAfter(before: History, upTo: number, epochOf: (index: number) => number, by: string): History {
  const positions = [...before.positions];
  const records = [...before.records];
  for (let index = positions.length; index <= upTo; index++) {
    const { bytes, last } = encodeRecords([message(index, epochOf(index), by)], positions.at(-1) ?? LOG_START);
    positions.push(last);
    records.push(bytes);
  }
  return { positions, records };
}

const NOTHING: History = { positions: [LOG_START], records: [Buffer.alloc(0)] };
const TRUE = historyAfter(NOTHING, LENGTH, (index) => Math.ceil(index / 10), MASTER);
/** What a master of epoch 1 wrote after record 8 and nobody else has. */
const SHARED = 8;
const prefix = { positions: TRUE.positions.slice(0, SHARED + 1), records: TRUE.records.slice(0, SHARED + 1) };
const ASTRAY = historyAfter(prefix, SHARED + 6, () => 1, 'the one before');

const chainAt = (index: number): number | undefined => TRUE.positions[index]?.chain;
const block = (history: History, after: number, upTo: number): Buffer =>
  Buffer.concat(history.records.slice(after + 1, upTo + 1));

type Damage = 'none' | 'record' | 'chain' | 'cut short' | 'stale epoch';

interface Forged {
  readonly after: number;
  readonly count: number;
  readonly damage: Damage;
  /** Damaged where, as a share of the records. */
  readonly place: number;
  readonly isAwaited: boolean;
}

function encode({ after, count, damage, place }: Forged, round: number): Buffer {
  const records = block(TRUE, after, Math.min(LENGTH, after + count));
  const at = Math.floor(place * records.length);
  if (damage === 'record' && records.length > 0) records[at] = (records[at] as number) ^ 0x10;
  const { index, epoch, chain } = TRUE.positions[after] as LogPosition;
  return encodeFrame({
    type: FrameType.Append,
    epoch: damage === 'stale epoch' ? EPOCH - 1 : EPOCH,
    round,
    previous: { index, epoch, chain: damage === 'chain' ? (chain ^ 1) >>> 0 : chain },
    committed: after,
    records: damage === 'cut short' ? records.subarray(0, Math.max(0, records.length - 1)) : records,
  });
}

const forged: fc.Arbitrary<Forged> = fc.record({
  after: fc.nat(LENGTH),
  count: fc.nat(8),
  damage: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Damage>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Damage>('record', 'chain', 'cut short', 'stale epoch') },
  ),
  place: fc.double({ min: 0, max: 0.999, noNaN: true }),
  isAwaited: fc.boolean(),
});

let bench: FollowerBench | undefined;
afterEach(async () => bench?.end());

/** The whole history in order, as a master sends it in the end. Answers the last word of the secondary. */
async function sendAll(to: FollowerBench, round: number): Promise<unknown> {
  to.connect();
  await to.hello();
  for (let after = 0; after < LENGTH; after += 7) {
    to.link.deliver(encode({ after, count: 7, damage: 'none', place: 0, isAwaited: false }, round + after));
  }
  return to.answerTo(round + 28);
}

function isPrefixOfTruth(positions: readonly LogPosition[]): boolean {
  return positions.every(({ index, chain }) => chain === chainAt(index));
}

describe('frames arrive in any order, however often, whole or damaged', () => {
  it('and the log is at every moment the beginning of the history, without a gap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(forged, { maxLength: 40 }), async (frames) => {
        bench = new FollowerBench(chainAt);
        const { store, faults } = bench;
        await bench.hello();
        bench.link.deliver(encode({ after: 0, count: 3, damage: 'none', place: 0, isAwaited: true }, 1));
        await bench.answerTo(1);
        for (const [place, frame] of frames.entries()) {
          const before = store.last.index;
          bench.link.deliver(encode(frame, place + 2));
          if (frame.isAwaited) {
            const answer = await bench.answerTo(place + 2);
            if (answer.type === FrameType.Reject) bench.connect();
            if (answer.type === FrameType.Reject) await bench.hello();
          }
          expect(isPrefixOfTruth(bench.positions())).toBe(true);
          expect(store.last.index).toBeGreaterThanOrEqual(before);
        }
        expect(await sendAll(bench, 1_000)).toMatchObject({ type: FrameType.Ack, index: LENGTH });
        expect(bench.positions().at(-1)).toEqual(TRUE.positions[LENGTH]);
        expect(await store.orphanSets()).toEqual([]);
        expect(faults).toEqual([]);
        await bench.end();
      }),
      { numRuns: 150 },
    );
  });

  it('acknowledges what it has already, and never answers it with an error', async () => {
    bench = new FollowerBench(chainAt);
    await sendAll(bench, 1);
    for (let after = 0; after < LENGTH; after++) {
      const round = 100 + after;
      bench.link.deliver(encode({ after, count: 8, damage: 'none', place: 0, isAwaited: true }, round));
      expect(await bench.answerTo(round)).toMatchObject({ type: FrameType.Ack, round, index: LENGTH });
    }
    expect(bench.positions()).toHaveLength(LENGTH);
    expect(bench.faults).toEqual([]);
  });

  it('refuses each by its reason, and changes nothing then', async () => {
    bench = new FollowerBench(chainAt);
    await sendAll(bench, 1);
    const refused: [Damage | 'gap', string][] = [
      ['stale epoch', 'STALE_EPOCH'],
      ['chain', 'DIVERGED'],
      ['record', 'BAD_RECORD'],
      ['cut short', 'BAD_RECORD'],
    ];
    for (const [damage, code] of refused) {
      bench.connect();
      await bench.hello();
      bench.link.deliver(encode({ after: 4, count: 5, damage: damage as Damage, place: 0.5, isAwaited: true }, 1));
      expect(await bench.answerTo(1)).toMatchObject({ type: FrameType.Reject, code, votedEpoch: EPOCH });
    }
    expect(bench.store.last).toEqual(TRUE.positions[LENGTH]);
  });

  it('moves an own tail to the orphans only where the history shows another, and never acknowledges it', async () => {
    bench = new FollowerBench(chainAt);
    bench.store.append(block(ASTRAY, 0, SHARED + 6));
    await bench.store.whenDurable(SHARED + 6);
    await bench.hello();
    bench.link.deliver(encode({ after: SHARED - 2, count: 2, damage: 'none', place: 0, isAwaited: true }, 1));
    expect(await bench.answerTo(1)).toMatchObject({ type: FrameType.Ack, index: SHARED });
    expect(bench.store.last.index).toBe(SHARED + 6);
    expect(await sendAll(bench, 10)).toMatchObject({ type: FrameType.Ack, index: LENGTH });
    expect(isPrefixOfTruth(bench.positions())).toBe(true);
    const [orphans, ...more] = await bench.store.orphanSets();
    expect(orphans).toMatchObject({ firstIndex: SHARED + 1, lastIndex: SHARED + 6, epoch: EPOCH, master: MASTER });
    expect(more).toEqual([]);
    expect(bench.faults).toEqual([]);
  });

  it('takes nothing more for a master once the node has voted in a higher epoch, not even what waits for room', async () => {
    bench = new FollowerBench(chainAt);
    await bench.hello();
    bench.link.deliver(encode({ after: 0, count: 5, damage: 'none', place: 0, isAwaited: true }, 1));
    await bench.answerTo(1);
    bench.store.closeRoom();
    bench.link.deliver(encode({ after: 5, count: 5, damage: 'none', place: 0, isAwaited: true }, 2));
    const { granted, status } = await bench.votes.vote({
      clusterId: 'a-cluster',
      epoch: EPOCH + 1,
      candidate: 'another',
    });
    expect([granted, status.last.index]).toEqual([true, 5]);
    bench.store.openRoom();
    await bench.end();
    expect(bench.store.last.index).toBe(5);
  });
});
