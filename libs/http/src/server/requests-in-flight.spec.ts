import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';

import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { RequestsInFlight } from './requests-in-flight.js';

class Answer extends EventEmitter {
  isCut = false;

  destroy(): this {
    this.isCut = true;
    return this;
  }

  asResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

describe('answers that are not sent yet', () => {
  it('are waited for, and cut after the grace time', async () => {
    const [clock, inFlight] = [new VirtualClock(), new RequestsInFlight()];
    const [quick, stuck] = [new Answer(), new Answer()];
    inFlight.add(quick.asResponse());
    inFlight.add(stuck.asResponse());
    const drained = inFlight.drain(clock, 2000);
    quick.emit('close');
    await clock.run(1999);
    expect(stuck.isCut).toBe(false);
    await clock.run(1);
    await drained;
    expect([quick.isCut, stuck.isCut]).toEqual([false, true]);
  });

  it('may be sent in any order, and are counted and cut one by one', async () => {
    const [clock, inFlight] = [new VirtualClock(), new RequestsInFlight()];
    const answers = Array.from({ length: 10 }, () => new Answer());
    for (const answer of answers) inFlight.add(answer.asResponse());
    for (const place of [0, 9, 4, 4, 1]) answers[place]?.emit('close');
    expect(inFlight.count).toBe(6);
    const drained = inFlight.drain(clock, 10);
    await clock.run(10);
    await drained;
    const cut = answers.flatMap(({ isCut }, place) => (isCut ? [place] : []));
    expect(cut).toEqual([2, 3, 5, 6, 7, 8]);
  });

  it('are not waited for once all are sent', async () => {
    const [clock, inFlight, answer] = [new VirtualClock(), new RequestsInFlight(), new Answer()];
    inFlight.add(answer.asResponse());
    const drained = inFlight.drain(clock, 2000);
    answer.emit('close');
    await drained;
    expect([answer.isCut, clock.pending]).toEqual([false, 0]);
    await inFlight.drain(clock, 2000);
  });
});
