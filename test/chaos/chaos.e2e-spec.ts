/** The short form of `npm run chaos`, started as its user does: the same faults, load and checkers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChaosRecord } from './record.js';

const PLAN = ['--seed', '7', '--nodes', '3', '--minutes', '0.25', '--writers', '4'];
const HEALED_WITHIN_MS = 600_000;

describe('chaos on real processes', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replog-chaos-record-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'loses nothing, doubles nothing and parts no history',
    async () => {
      const recorded = join(folder, 'chaos.json');
      const files = ['--report', join(folder, 'report.md'), '--record', '--record-in', recorded];
      const run = spawn(process.execPath, ['scripts/run-tool.mjs', 'chaos', ...PLAN, ...files]);
      let printed = '';
      for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
      const [code] = (await once(run, 'close')) as [number | null];

      expect(code, printed).toBe(0);
      const [record] = JSON.parse(readFileSync(recorded, 'utf8')) as [ChaosRecord];
      expect(record.violations).toEqual({ lost: 0, doubled: 0, diverged: 0, other: 0 });
      expect(record.writes.satisfied, printed).toBeGreaterThan(0);
      expect(Object.values(record.faults).some((times) => times > 0)).toBe(true);
    },
    HEALED_WITHIN_MS,
  );
});
