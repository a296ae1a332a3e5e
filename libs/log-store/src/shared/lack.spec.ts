import { describe, expect, it } from 'vitest';
import { TestClock } from '../testing/test-clock.js';
import { systemError } from '../testing/memory-file-system.js';
import { isLack, isRepeatable, lackError, throughLack } from './lack.js';

describe('a lack', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM'])('%s passes', (code) => {
    expect(isLack(systemError(code, 'now'))).toBe(true);
    expect(isRepeatable(systemError(code, 'now', 'open'))).toBe(true);
  });

  it('is no broken disk, and nothing else', () => {
    for (const error of [systemError('EIO', 'broken'), new Error('other'), 'EMFILE']) {
      expect([isLack(error), isRepeatable(error)]).toEqual([false, false]);
    }
  });

  it.each(['fsync', 'fdatasync'])('is final for the bytes that a %s was to make durable', (syscall) => {
    const error = systemError('ENOSPC', 'full', syscall);
    expect([isLack(error), isRepeatable(error)]).toEqual([true, false]);
  });

  it('is told by what it is: a full disk, or something else that is lacking', () => {
    const full = lackError(systemError('EDQUOT', 'quota'));
    expect([full.code, full.status, full.retriable]).toEqual(['STORAGE_FULL', 507, true]);
    const short = lackError(systemError('EMFILE', 'many'));
    expect([short.code, short.status, short.retriable]).toEqual(['OUT_OF_RESOURCES', 503, true]);
    expect(short.message).toContain('EMFILE');
    expect(short.details.retryAfterS).toBe(1);
  });
});

describe('a step that has to be done', () => {
  const clock = new TestClock();

  it('is done again until it lacks nothing', async () => {
    const lacks = ['ENFILE', 'ENOSPC'];
    const { signal } = new AbortController();
    const step = (): Promise<string> => {
      const code = lacks.pop();
      return code === undefined ? Promise.resolve('done') : Promise.reject(systemError(code, 'lack'));
    };
    expect(await throughLack(clock, signal, step)).toBe('done');
  });

  it.each([
    ['another failure', systemError('EIO', 'broken'), false],
    ['the end of the wait', systemError('ENOSPC', 'full'), true],
  ])('is given up on %s', async (_why, error, isAborted) => {
    const stopping = new AbortController();
    if (isAborted) stopping.abort();
    await expect(throughLack(clock, stopping.signal, () => Promise.reject(error))).rejects.toBe(error);
  });
});
