import { describe, expect, it } from 'vitest';
import { figuresOf, spreadOf } from './figures.js';

const ack = (atMs: number, epoch: number, tookMs = 1) => ({ atMs, epoch, tookMs });

describe('the figures of a change of master', () => {
  const change = { commandedMs: 100, answeredMs: 180, epoch: 2 };

  it('are the first write of the new master, the longest silence, and the slowest write', () => {
    const acknowledged = [ack(10, 1), ack(95, 1), ack(110, 1), ack(190, 2, 75), ack(200, 2), ack(230, 2)];
    expect(figuresOf(change, acknowledged)).toEqual({
      commandMs: 80,
      firstWriteMs: 90,
      pauseMs: 80,
      slowestWriteMs: 75,
    });
  });

  it('count the silence from the command on, and nothing long after it', () => {
    const acknowledged = [ack(10, 1), ack(160, 2), ack(1_160, 2), ack(9_000, 2, 7_000)];
    expect(figuresOf(change, acknowledged)).toMatchObject({ firstWriteMs: 60, pauseMs: 1_000, slowestWriteMs: 1 });
  });

  it('need a write of the new master', () => {
    expect(() => figuresOf(change, [ack(10, 1), ack(160, 1)])).toThrow('no write was acknowledged in epoch 2');
  });

  it('are summed up by median and maximum', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ medianMs: 2, maxMs: 3 });
    expect(spreadOf([1, 4, 2, 3])).toEqual({ medianMs: 2.5, maxMs: 4 });
  });
});
