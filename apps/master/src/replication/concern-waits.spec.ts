import { AcknowledgementTable } from '@replog/core/quorum/acknowledgement-table.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CopyLedger } from './copy-ledger.js';
import { WaitTimes } from './wait-times.js';
import { ConcernWaits } from './concern-waits.js';

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
