import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectoryError, claimDataDirectory, openDataDirectory } from './data-directory.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'replog-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(DataDirectoryError);
    return (error as DataDirectoryError).code;
  }
}

describe('data directory', () => {
  it('is used by one process at a time', () => {
    const path = join(parent, 'deep', 'node');
    const first = openDataDirectory(path);
    expect(codeOf(() => openDataDirectory(path))).toBe('LOCKED');
    first.release();
    first.release();
    openDataDirectory(path).release();
  });

  it('is unlocked by the end of a process, however it ends', async () => {
    const path = join(parent, 'node');
    openDataDirectory(path).release();
    const native = createRequire(import.meta.url).resolve('fs-native-extensions');
    const script = `
      const fd = require('node:fs').openSync(${JSON.stringify(join(path, 'lock'))}, 'a+');
      process.stdout.write(String(require(${JSON.stringify(native)}).tryLock(fd)));
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(holder, 'exit');
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('true');
    expect(codeOf(() => openDataDirectory(path))).toBe('LOCKED');
    holder.kill('SIGKILL');
    await ended;
    openDataDirectory(path).release();
  });

  it('is refused in one sentence if it cannot be created or written', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(codeOf(() => openDataDirectory(join(parent, 'file')))).toBe('NOT_WRITABLE');
    expect(() => openDataDirectory(join(parent, 'file'))).toThrow(/make it writable for this user, or choose another/);
  });

  it('gets the first free number', () => {
    const one = claimDataDirectory(parent, 'secondary-*');
    const two = claimDataDirectory(parent, 'secondary-*');
    expect([one.nodeId, two.nodeId]).toEqual(['secondary-1', 'secondary-2']);
    one.directory.release();
    const again = claimDataDirectory(parent, 'secondary-*');
    expect(again.nodeId).toBe('secondary-1');
    expect(again.directory.path).toBe(join(parent, 'secondary-1'));
    const fixed = claimDataDirectory(parent, 'fixed');
    expect(codeOf(() => claimDataDirectory(parent, 'fixed'))).toBe('LOCKED');
    for (const { directory } of [two, again, fixed]) directory.release();
  });
});
