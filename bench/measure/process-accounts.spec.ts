import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  cpuSecondsOf,
  cpuSecondsOfEndedChildren,
  largestMemoryOf,
  parseAccount,
  parseBusySeconds,
  parseMemory,
  treesOf,
} from './process-accounts.js';

const STAT =
  '4242 (a (strange) name) S 17 4242 4242 0 -1 4194304 1234 0 3 0 700 300 40 2 20 0 11 0 123456 900000 5000 ' +
  '18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0';

describe('the account of a process', () => {
  it('is read from its line, whatever its name is', () => {
    expect(parseAccount(STAT)).toEqual({ pid: 4242, parent: 17, ownTicks: 1000, endedChildrenTicks: 42 });
  });

  it('goes with those of all it started, and of nobody else', () => {
    const of = (pid: number, parent: number) => ({ pid, parent, ownTicks: 0, endedChildrenTicks: 0 });
    const all = [of(30, 20), of(1, 0), of(20, 10), of(10, 1), of(40, 1)];
    expect(treesOf([10], all).map(({ pid }) => pid)).toEqual([30, 20, 10]);
  });

  it('knows what a process used that has ended, once it was waited for', async () => {
    const before = cpuSecondsOfEndedChildren();
    const busy = 'const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);';
    await once(spawn(process.execPath, ['-e', busy]), 'exit');
    expect(cpuSecondsOfEndedChildren() - before).toBeGreaterThanOrEqual(0.19);
  });

  it('of this very process is not nothing', () => {
    expect(cpuSecondsOf([process.pid])).toBeGreaterThan(0);
    expect(largestMemoryOf([process.pid])?.peakMiB).toBeGreaterThan(10);
  });
});

describe('memory', () => {
  it('is what is resident now and was at most', () => {
    expect(parseMemory('Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n')).toEqual({
      residentMiB: 100,
      peakMiB: 200,
    });
  });

  it('is nothing for a process that has just ended', () => expect(parseMemory('Name:\tnode\nState:\tZ\n')).toBeNull());
});

describe('the time processors were busy', () => {
  it('leaves out idling and waiting for the disk', () => {
    expect(parseBusySeconds('cpu  100 200 300 9000 8000 10 20 30 0 0\ncpu0 1 2 3 4\n')).toBe(6.6);
  });
});
