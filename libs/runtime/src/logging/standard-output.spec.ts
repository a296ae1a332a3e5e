import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standardOutput } from './standard-output.js';

const LINE = `${'x'.repeat(59)}\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replog-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the output of a node', () => {
  it('loses the lines that wait beyond the bound, and says how many', async () => {
    const path = join(folder, 'log');
    const lost: number[] = [];
    const output = standardOutput((lines) => lost.push(lines), { dest: path, maxLength: 2 * LINE.length });
    // The file is being opened: these wait.
    for (let line = 0; line < 5; line++) output.write(LINE);
    await expect.poll(() => lost).toEqual([3]);
    expect(readFileSync(path, 'utf8')).toBe(LINE + LINE);
    output.destroy();
  });

  // A device that is always full, which only Linux has.
  it.runIf(process.platform === 'linux')('goes on where nothing can be written', async () => {
    const output = standardOutput(() => undefined, { dest: '/dev/full' });
    let failures = 0;
    output.on('error', () => (failures += 1));
    while (failures < 3) {
      output.write(LINE);
      await setImmediate();
    }
    output.destroy();
  });
});
