import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultMaxConnections, openFilesLimit, tooManyFor } from './open-files.js';

describe('the limit of open files', () => {
  const read = (text: string): number | null => {
    const file = join(mkdtempSync(join(tmpdir(), 'limits-')), 'limits');
    writeFileSync(file, text);
    return openFilesLimit(file);
  };

  it('is read where the system says it', () => {
    const head = 'Limit                     Soft Limit           Hard Limit           Units     \n';
    expect(read(`${head}Max open files            1024                 4096                 files     \n`)).toBe(1024);
    expect(read(`${head}Max open files            unlimited            unlimited            files     \n`)).toBeNull();
    expect(openFilesLimit('/no/such/file')).toBeNull();
  });

  it('gives half of the files to connections, and 10,000 at most', () => {
    expect([128, 1024, 1_048_576, 1, null].map(defaultMaxConnections)).toEqual([64, 512, 10_000, 1, 10_000]);
  });

  it('is compared with what an operator asks for', () => {
    expect(tooManyFor(1024, 513)).toMatch(/513.*1024.*ulimit -n/);
    expect([tooManyFor(1024, 512), tooManyFor(null, 1_000_000)]).toEqual([null, null]);
  });
});
