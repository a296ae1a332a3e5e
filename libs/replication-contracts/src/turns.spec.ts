import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('begins a step when the step before it has ended', async () => {
    const turns = new Turns();
    const events: string[] = [];
    let endFirst!: (result: number) => void;
    const first = turns.run(() => {
      events.push('first begins');
      return new Promise<number>((resolve) => (endFirst = resolve));
    });
    const second = turns.run(() => {
      events.push('second begins');
      return Promise.resolve('done');
    });
    await Promise.resolve();
    expect(events).toEqual(['first begins']);
    endFirst(7);
    expect(await first).toBe(7);
    expect(await second).toBe('done');
    expect(events).toEqual(['first begins', 'second begins']);
  });

  it('goes on after a step that fails, and tells only the caller of that step', async () => {
    const turns = new Turns();
    const failed = turns.run(() => Promise.reject(new Error('no')));
    const thrown = turns.run((): Promise<void> => {
      throw new Error('thrown at once');
    });
    const last = turns.run(() => Promise.resolve(3));
    await expect(failed).rejects.toThrow('no');
    await expect(thrown).rejects.toThrow('thrown at once');
    expect(await last).toBe(3);
  });

  it('is idle when all steps given so far have ended, also where they failed', async () => {
    const turns = new Turns();
    await turns.idle();
    let hasEnded = false;
    const step = turns.run(async () => {
      await Promise.resolve();
      hasEnded = true;
      throw new Error('at its end');
    });
    const failure = expect(step).rejects.toThrow('at its end');
    await turns.idle();
    expect(hasEnded).toBe(true);
    await failure;
  });
});
