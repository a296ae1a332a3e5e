import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { AcknowledgementTable } from '@replog/core/quorum/acknowledgement-table.js';
import { Caller } from '@replog/http/server/caller.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CopyLedger } from './copy-ledger.js';
import { WaitTimes } from './wait-times.js';
import { ConcernWaits } from './concern-waits.js';

class Line extends EventEmitter {
  pause = (): void => undefined;
}

describe('waiting', () => {
  let clock: VirtualClock;
  let concerns: ConcernWaits;
  let ended: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    ended = [];
    const ledger = {
      onProgress: () => () => undefined,
      isSatisfied: () => false,
      acknowledgements: new AcknowledgementTable('n1'),
      masterDurable: 1,
    };
    const metrics = { observeConcernWait: () => undefined } as unknown as NodeMetrics;
    concerns = new ConcernWaits(ledger as unknown as CopyLedger, clock, metrics, new WaitTimes(clock));
  });

  const note = (what: string) => (): void => void ended.push(what);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('lasts exactly DELAY', async () => {
    void concerns.pause(100).then(note('pause'));
    clock.advance(99);
    await settled();
    expect(ended).toEqual([]);
    clock.advance(1);
    await settled();
    expect(ended).toEqual(['pause']);
    concerns.stop();
  });

  it('ends when its caller is gone, durable or not, and counts no more', async () => {
    for (const index of [1, 2]) {
      const line = new Line();
      const caller = Caller.on(line as unknown as Socket, clock);
      void concerns.wait(index, 'majority', index === 1 ? 86_400_000 : 0, caller).then(note(`wait ${index}`));
      clock.advance(1);
      expect(concerns.waitingCount).toBe(1);
      line.emit('close');
      await settled();
      expect([concerns.waitingCount, caller.wait, ended.at(-1)]).toEqual([0, null, `wait ${index}`]);
      void concerns.wait(1, 'majority', 1000, caller).then(note('later'));
      await settled();
      expect([concerns.waitingCount, ended.pop()]).toEqual([0, 'later']);
    }
  });

  it('ends soon, but not at once, when its caller has closed its side', async () => {
    const line = new Line();
    const caller = Caller.on(line as unknown as Socket, clock);
    const wait = (timeoutMs: number): void => void concerns.wait(1, 1, timeoutMs, caller).then(note(`${timeoutMs}`));
    wait(86_400_000);
    line.emit('end');
    clock.advance(4_999);
    await settled();
    expect(ended).toEqual([]);
    clock.advance(1);
    await settled();
    expect(ended).toEqual(['86400000']);
    for (const timeoutMs of [100, 86_400_000]) wait(timeoutMs);
    clock.advance(100);
    await settled();
    expect(ended.slice(1)).toEqual(['100']);
    clock.advance(4_900);
    await settled();
    expect(ended.slice(2)).toEqual(['86400000']);
  });

  it('ends with the term, whatever it waits for', async () => {
    void concerns.wait(1, 'majority', 1000).then((outcome) => ended.push(outcome));
    void concerns.pause(1000).then(note('pause'));
    concerns.stop();
    await settled();
    expect(ended.sort()).toEqual(['pause', 'pending']);
    void concerns.pause(1000).then(note('later'));
    await settled();
    expect(ended).toContain('later');
  });
});
