import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

/** An operation that ends when the test says so. */
function held(): { run: () => Promise<void>; end: () => void } {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => ended, end };
}

describe('gate', () => {
  it('lets reads run side by side, and a change only after all of them', async () => {
    const gate = new Gate();
    const story: string[] = [];
    const [one, other] = [held(), held()];
    const reads = [gate.read(one.run), gate.read(other.run)];
    const change = gate.exclusive(async () => story.push('changed'));
    const late = gate.read(async () => story.push('read after the change'));
    expect(gate.isChanging).toBe(true);
    one.end();
    await reads[0];
    expect(story).toEqual([]);
    other.end();
    await Promise.all([...reads, change, late]);
    expect(story).toEqual(['changed', 'read after the change']);
    expect(gate.isChanging).toBe(false);
  });

  it('makes one change after the other, also after one that failed', async () => {
    const gate = new Gate();
    const first = held();
    const story: string[] = [];
    const changes = [
      gate.exclusive(async () => {
        await first.run();
        story.push('first');
        throw new Error('failed');
      }),
      gate.exclusive(async () => story.push('second')),
    ];
    first.end();
    expect((await Promise.allSettled(changes)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(story).toEqual(['first', 'second']);
  });
});
