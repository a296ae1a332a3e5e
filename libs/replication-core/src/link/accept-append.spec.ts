import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { FrameType } from '@replog/contracts/frames.js';
import {
  LOG_START,
  RecordKind,
  decodeRecord,
  eachRecord,
  recordLength,
  recordPosition,
} from '@replog/contracts/record.js';
import type { AppendFrame } from '@replog/contracts/frames.js';
import type { LogPosition, RecordDraft } from '@replog/contracts/record.js';
import { decideAppend, firstNewRecord } from './accept-append.js';

/** A log as a list of whole records, of a master or of a follower. */
type Log = readonly Buffer[];

function positionIn(log: Log, index: number): LogPosition | null {
  if (index === 0) return LOG_START;
  const record = log[index - 1];
  return record === undefined ? null : recordPosition(record, 0);
}

function lastOf(log: Log): LogPosition {
  return positionIn(log, log.length) as LogPosition;
}

function split(block: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < block.length; at += recordLength(block, at)) {
    records.push(Buffer.from(block.subarray(at, at + recordLength(block, at))));
  }
  return records;
}

function extended(log: Log, epoch: number, count: number): Log {
  const drafts: RecordDraft[] = Array.from({ length: count }, (_, place) => ({
    kind: place === 0 ? RecordKind.EpochStart : RecordKind.Message,
    epoch,
    timestampMs: 1,
    key: place % 2 === 1 ? `k${place}` : null,
    payload: Buffer.from(JSON.stringify(place)),
  }));
  return [...log, ...split(encodeRecords(drafts, lastOf(log)).bytes)];
}

function frameOf(log: Log, epoch: number, after: number, count: number): AppendFrame {
  const previous = positionIn(log, after) as LogPosition;
  const records = Buffer.concat(log.slice(after, after + count));
  return { type: FrameType.Append, epoch, round: 1, previous, committed: 0, records };
}

/** What a secondary does around the two decisions, on a log in memory. */
class Follower {
  votedEpoch = 0;
  log: Log = [];
  setAside = 0;

  receive(frame: AppendFrame): string {
    const last = lastOf(this.log);
    const atPrevious = positionIn(this.log, frame.previous.index);
    const decision = decideAppend({ votedEpoch: this.votedEpoch, last, atPrevious }, frame);
    if (decision.kind === 'reject') return decision.code;
    this.votedEpoch = frame.epoch;
    const held = new Map(this.log.map((record) => [decodeRecord(record, 0).index, decodeRecord(record, 0).chain]));
    const fresh = firstNewRecord(frame.records, decision.previous, last, held);
    if (fresh.isDiverged) {
      this.setAside += this.log.length - fresh.previous.index;
      this.log = this.log.slice(0, fresh.previous.index);
    }
    const records = frame.records.subarray(fresh.from);
    if (records.length > 0) expect(fresh.previous).toEqual(lastOf(this.log));
    this.log = [...this.log, ...split(records)];
    expect(positionIn(this.log, decision.last.index)).toEqual(decision.last);
    return 'taken';
  }
}

function isPrefix(log: Log, history: Log): boolean {
  return log.every((record, place) => history[place]?.equals(record) === true);
}

/** One master per epoch 1, 2, 3 …; each begins from some part of the history of the one before. */
const histories = fc
  .array(fc.record({ kept: fc.nat({ max: 12 }), records: fc.integer({ min: 1, max: 8 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((masters) => {
    const all: Log[] = [];
    masters.forEach(({ kept, records }, place) => {
      all.push(extended((all[place - 1] ?? []).slice(0, kept), place + 1, records));
    });
    return all;
  });

const delivery = fc.record({
  master: fc.nat(),
  after: fc.nat(),
  count: fc.nat({ max: 8 }),
  /** Where a bit of the records is flipped, or how much of them arrives. */
  damage: fc.option(fc.record({ kind: fc.constantFrom('flip' as const, 'cut' as const), at: fc.nat() })),
});

function damaged(frame: AppendFrame, damage: { kind: 'flip' | 'cut'; at: number } | null): AppendFrame {
  if (damage === null || frame.records.length === 0) return frame;
  const at = damage.at % (frame.records.length * 8);
  if (damage.kind === 'cut') return { ...frame, records: frame.records.subarray(0, Math.floor(at / 8)) };
  const records = Buffer.from(frame.records);
  const byte = Math.floor(at / 8);
  // Bytes 8 to 12 of a record are node-local and covered by nothing.
  let start = 0;
  while (start + recordLength(frame.records, start) <= byte) start += recordLength(frame.records, start);
  if (byte - start >= 8 && byte - start < 12) return frame;
  records[byte] = (records[byte] as number) ^ (1 << (at % 8));
  return { ...frame, records };
}

describe('decideAppend and firstNewRecord', () => {
  it('keep the log a whole prefix of a master’s history, whatever arrives, in whatever order, how often', () => {
    fc.assert(
      fc.property(histories, fc.array(delivery, { maxLength: 40 }), (masters, deliveries) => {
        const follower = new Follower();
        let newest = 0;
        for (const { master, after, count, damage } of deliveries) {
          const epoch = (master % masters.length) + 1;
          const history = masters[epoch - 1] as Log;
          const frame = damaged(frameOf(history, epoch, after % (history.length + 1), count), damage);
          const before = follower.log;
          const answer = follower.receive(frame);
          if (epoch < newest) expect(answer).toBe('STALE_EPOCH');
          if (answer === 'taken') newest = epoch;
          else expect(follower.log).toBe(before);
          expect(masters.some((other) => isPrefix(follower.log, other))).toBe(true);
          follower.log.forEach((record, place) => expect(decodeRecord(record, 0).index).toBe(place + 1));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('bring the follower to the whole history of the newest master in the end', () => {
    fc.assert(
      fc.property(histories, fc.array(delivery, { maxLength: 20 }), (masters, deliveries) => {
        const follower = new Follower();
        for (const { master, after, count } of deliveries) {
          const epoch = (master % masters.length) + 1;
          const history = masters[epoch - 1] as Log;
          follower.receive(frameOf(history, epoch, after % (history.length + 1), count));
        }
        const newest = masters.at(-1) as Log;
        expect(follower.receive(frameOf(newest, masters.length, 0, newest.length))).toBe('taken');
        expect(isPrefix(newest, follower.log)).toBe(true);
        expect(follower.log).toHaveLength(newest.length);
      }),
    );
  });

  it('take a frame a second time without a change', () => {
    const history = extended([], 1, 5);
    const follower = new Follower();
    for (const [after, count] of [
      [0, 3],
      [0, 3],
      [1, 1],
      [1, 4],
      [5, 0],
      [3, 0],
    ] as const) {
      expect(follower.receive(frameOf(history, 1, after, count))).toBe('taken');
    }
    expect(follower.log).toHaveLength(5);
    expect(follower.setAside).toBe(0);
  });

  it('refuse a gap, another history, a lower epoch and a damaged record, each with its code', () => {
    const first = extended([], 1, 3);
    const second = extended(first.slice(0, 1), 2, 4);
    const follower = new Follower();
    follower.receive(frameOf(first, 1, 0, 3));
    expect(follower.receive(frameOf(second, 2, 4, 1))).toBe('GAP');
    expect(follower.receive(frameOf(second, 2, 3, 1))).toBe('DIVERGED');
    const ask = frameOf(first, 1, 3, 0);
    expect(follower.receive({ ...ask, previous: { ...ask.previous, chain: ask.previous.chain ^ 1 } })).toBe('DIVERGED');
    const frame = frameOf(second, 2, 1, 2);
    expect(follower.receive({ ...frame, previous: { ...frame.previous, epoch: 9 } })).toBe('DIVERGED');
    expect(follower.receive({ ...frame, records: Buffer.alloc(64) })).toBe('BAD_RECORD');
    expect(follower.log).toHaveLength(3);
    expect(follower.receive(frame)).toBe('taken');
    expect(follower.setAside).toBe(2);
    expect(follower.receive(frameOf(first, 1, 3, 0))).toBe('STALE_EPOCH');
  });

  it('refuse a record of an epoch above the sender’s', () => {
    const history = extended([], 3, 2);
    expect(new Follower().receive(frameOf(history, 2, 0, 2))).toBe('BAD_RECORD');
  });

  it('keep records beyond the frame, as long as nothing differs', () => {
    const history = extended([], 1, 4);
    const records = Buffer.concat(history.slice(0, 2));
    const held = new Map([...eachRecord(Buffer.concat(history))].map((record) => [record.index, record.chain]));
    const fresh = firstNewRecord(records, LOG_START, lastOf(history), held);
    expect(fresh).toEqual({ from: records.length, previous: positionIn(history, 2), isDiverged: false });
  });
});
