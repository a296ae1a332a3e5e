import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_START } from '@replog/contracts/record.js';
import { SendWindow } from './send-window.js';

describe('SendWindow', () => {
  it('closes at its bytes and opens with the acknowledgement', () => {
    const window = new SendWindow(LOG_START, 100);
    expect([window.isOpen, window.sent]).toEqual([true, LOG_START]);
    window.hasSent({ index: 2, epoch: 1, chain: 7, seq: 1 }, 60);
    expect(window.isOpen).toBe(true);
    window.hasSent({ index: 5, epoch: 1, chain: 8, seq: 4 }, 60);
    expect([window.isOpen, window.inFlightBytes, window.sent.index]).toEqual([false, 120, 5]);
    expect(window.awaited).toBe(2);
    window.acknowledged(4);
    expect([window.isOpen, window.inFlightBytes, window.awaited]).toEqual([true, 60, 5]);
    window.acknowledged(1);
    expect(window.inFlightBytes).toBe(60);
    window.acknowledged(5);
    expect(window.awaited).toBeNull();
  });

  it('counts exactly the blocks that are not acknowledged as a whole', () => {
    const step = fc.record({
      records: fc.integer({ min: 1, max: 5 }),
      bytes: fc.integer({ min: 1, max: 50 }),
      acknowledged: fc.option(fc.nat({ max: 60 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const window = new SendWindow(LOG_START, 100);
        let blocks: { last: number; bytes: number }[] = [];
        for (const { records, bytes, acknowledged } of steps) {
          const last = window.sent.index + records;
          window.hasSent({ ...LOG_START, index: last }, bytes);
          blocks.push({ last, bytes });
          if (acknowledged !== null) {
            window.acknowledged(acknowledged);
            blocks = blocks.filter((block) => block.last > acknowledged);
          }
          const inFlight = blocks.reduce((sum, block) => sum + block.bytes, 0);
          expect([window.inFlightBytes, window.isOpen]).toEqual([inFlight, inFlight < 100]);
        }
      }),
    );
  });
});
