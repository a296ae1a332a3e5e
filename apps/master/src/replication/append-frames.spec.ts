import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import { describe, expect, it } from 'vitest';
import { AppendFrames } from './append-frames.js';
import type { AppendFields } from './append-frames.js';

const NONE = Buffer.alloc(0);

function fields(changes: Partial<AppendFields> = {}): AppendFields {
  const previous = { index: 7, epoch: 1, chain: 99 };
  return { epoch: 2, previous, committed: 5, records: Buffer.from('records'), ...changes };
}

describe('append frames', () => {
  it('follow the link format and are numbered', () => {
    const frames = new AppendFrames();
    const { round, bytes } = frames.frame(fields(), 0);
    expect(round).toBe(1);
    expect(bytes).toEqual(encodeFrame({ type: FrameType.Append, round, ...fields() }));
    expect(frames.frame(fields({ records: NONE }), 1).round).toBe(2);
  });

  it('are shared by links at the same place', () => {
    const frames = new AppendFrames();
    const first = frames.frame(fields(), 0);
    expect(frames.frame(fields({ records: Buffer.from('records') }), 0)).toBe(first);
  });

  it.each([
    ['place', { previous: { index: 8, epoch: 1, chain: 3 } }],
    ['length', { records: Buffer.from('record') }],
    ['committed index', { committed: 6 }],
    ['epoch', { epoch: 3 }],
  ])('are built again for another %s', (_, changes) => {
    const frames = new AppendFrames();
    frames.frame(fields(), 0);
    const { round, bytes } = frames.frame(fields(changes), 0);
    expect(round).toBe(2);
    expect(decodeFrame(bytes)).toMatchObject(changes);
  });

  it('are built again where the number would not grow, and for probes', () => {
    const frames = new AppendFrames();
    frames.frame(fields(), 0);
    const question = frames.frame(fields({ records: NONE }), 0);
    expect(question.round).toBe(2);
    expect(frames.frame(fields({ records: NONE }), 0).round).toBe(3);
    expect(frames.frame(fields(), question.round).round).toBe(4);
    expect(frames.frame(fields(), 3).round).toBe(4);
  });

  it('are the same when built in place, around records with room before them', () => {
    const frames = new AppendFrames();
    const memory = Buffer.alloc(200, 0xff);
    const records = memory.subarray(100, 107).fill('records');
    const { round, bytes } = frames.frameInPlace(fields({ records }));
    expect(bytes.buffer).toBe(memory.buffer);
    expect(bytes).toEqual(encodeFrame({ type: FrameType.Append, round, ...fields() }));
    expect(frames.frame(fields(), 0).round).toBe(round + 1);
  });
});
