/** The whole benchmark, once and small: real nodes, real load, plausible figures. Their size is not asserted. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from './load/command.js';
import { isNamed, parseOptions } from './options.js';
import { CASE_IDS } from './cases/index.js';
import { runBench } from './run-bench.js';
import type { Found } from './run-bench.js';

const ONLY = ['one-by-one/wc1/16', 'batches/100', 'catch-up', 'read'];
const MESSAGES = 2_000;

const isPossible = ['wrk', 'curl'].every((name) => findProgram(name) !== null) && existsSync('/proc/self/stat');

let data: string;
beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'replog-bench-'))));
afterEach(() => rmSync(data, { recursive: true, force: true }));

function run(signal: AbortSignal): Promise<Found> {
  const args = ['--only', ONLY.join(','), '--seconds', '1', '--rounds', '1', '--messages', String(MESSAGES)];
  const options = parseOptions([...args, '--data', data], CASE_IDS);
  return runBench({ options, version: '0', signal, watch: () => undefined });
}

describe.runIf(isPossible)('the benchmark', { timeout: 180_000 }, () => {
  it('measures every case it is asked for, without a failed request, and leaves nothing behind', async () => {
    const { rows, contenders } = await run(new AbortController().signal);

    expect(contenders.map(({ name }) => name)).toEqual(['Replog']);
    expect(rows.map(({ id }) => id)).toEqual(CASE_IDS.filter((id) => isNamed(id, ONLY)));
    for (const { rounds } of rows) {
      expect(rounds).toHaveLength(1);
      expect(rounds[0]).toMatchObject({ failures: 0 });
      expect(rounds[0]?.messagesPerSecond).toBeGreaterThan(0);
      expect(rounds[0]?.residentMiB).toBeGreaterThan(10);
    }
    const [oneByOne, batches] = rows.map(({ rounds: [round] }) => round);
    expect(oneByOne?.p99Ms).toBeGreaterThanOrEqual(oneByOne?.p50Ms ?? Number.NaN);
    expect(oneByOne?.cpuUs).toBeGreaterThan(0);
    // A batch is synced as a whole, by the master and by both secondaries.
    expect(batches?.batchRecords).toBeGreaterThanOrEqual(100);
    expect(batches?.syncsPerMessage).toBeLessThan(1);
    expect(readdirSync(data)).toEqual([]);
  });

  it('ends what it started when it is interrupted', async () => {
    await expect(run(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(readdirSync(data)).toEqual([]);
  });
});

describe('npm run bench', () => {
  it('refuses what it does not know with a sentence and exit code 2', () => {
    const script = new URL('../scripts/run-tool.mjs', import.meta.url).pathname;
    const { status, stderr } = spawnSync(process.execPath, [script, 'bench', '--only', 'reed'], { encoding: 'utf8' });
    expect(stderr).toContain('There is no case "reed". Known are: one-by-one/wc0/1,');
    expect(status).toBe(2);
  });
});
