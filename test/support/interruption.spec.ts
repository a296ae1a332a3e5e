import { describe, expect, it } from 'vitest';
import { unlessAborted } from './interruption.js';

describe('work that can be aborted', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it('settles as it does by itself', async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(signal, () => Promise.resolve('done'))).resolves.toBe('done');
    await expect(unlessAborted(undefined, () => Promise.resolve('done'))).resolves.toBe('done');
    await expect(unlessAborted(signal, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('is not waited for after the abort', async () => {
    const controller = new AbortController();
    const work = unlessAborted(controller.signal, never);
    controller.abort(new Error('ended by SIGINT'));
    await expect(work).rejects.toThrow('ended by SIGINT');
  });

  it('does not begin after the abort', async () => {
    let hasBegun = false;
    const begin = (): Promise<void> => {
      hasBegun = true;
      return Promise.resolve();
    };
    await expect(unlessAborted(AbortSignal.abort(new Error('ended before')), begin)).rejects.toThrow('ended before');
    expect(hasBegun).toBe(false);
  });
});
