import { LOG_START } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';
import type { OpenFile, WriteOptions } from '../file-system.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { messagesAfter } from '../testing/records.js';
import { TestClock } from '../testing/test-clock.js';
import { LogLayout } from './layout.js';
import { Segment } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import type { OpenSegment } from './segment-writer.js';

/** A disk whose writes take a given time, on a clock of its own. */
class Medium {
  writeMs = 0.2;
  private readonly clock = new TestClock();
  private position = 0;
  /** For each write, whether it was allowed to block. */
  readonly couldBlock: boolean[] = [];
  private readonly target: OpenSegment;
  private readonly writer: SegmentWriter;

  constructor() {
    const file = { write: (...call: Parameters<OpenFile['write']>) => this.write(...call) } as OpenFile;
    this.target = { segment: new Segment(1, LOG_START, 1 << 20), file, temporaryPath: null };
    const events = {
      onWritten: () => undefined,
      onLeft: () => undefined,
      onFailure: (error: Error) => {
        throw error;
      },
    };
    this.writer = new SegmentWriter(new MemoryFileSystem(), new LogLayout('/data'), this.clock, events, this.target, {
      sync: () => Promise.resolve(),
    });
  }

  async append(times: number, payloadBytes = 100): Promise<void> {
    for (let time = 0; time < times; time++) {
      const bytes = messagesAfter(LOG_START, 1, { payloadBytes });
      this.writer.add({ target: this.target, position: this.position, bytes, last: LOG_START });
      this.position += bytes.length;
      await this.writer.idle();
    }
  }

  private write(buffers: readonly Buffer[], _position: number, options?: WriteOptions): Promise<number> {
    this.couldBlock.push(options?.mayBlock === true);
    this.clock.advance(this.writeMs);
    return Promise.resolve(buffers.reduce((sum, { length }) => sum + length, 0));
  }
}

describe('the writer of segments', () => {
  it('blocks on small writes once they have been quick', async () => {
    const medium = new Medium();
    await medium.append(40);
    expect(medium.couldBlock[0]).toBe(false);
    expect(medium.couldBlock.at(-1)).toBe(true);
    await medium.append(1, 100_000);
    expect(medium.couldBlock.at(-1)).toBe(false);
  });

  it('does not block on a disk that has become slow', async () => {
    const medium = new Medium();
    await medium.append(40);
    medium.writeMs = 100;
    await medium.append(2);
    expect(medium.couldBlock.slice(-2)).toEqual([true, false]);
  });
});
