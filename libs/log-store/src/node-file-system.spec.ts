import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeFileSystem, durableFlagOf } from './node-file-system.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replog-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe("the machine's file system", () => {
  it.each([
    ['with O_DSYNC', constants.O_DSYNC],
    ['with a sync after each write', 0],
  ])('writes, reads, cuts and tells sizes (%s)', async (_, flag) => {
    const files = new NodeFileSystem('linux', flag);
    const path = join(directory, 'file');
    const file = await files.open(path, 'create', { isDurable: true });
    expect(await file.write([Buffer.from('abc'), Buffer.from('def')], 0)).toBe(6);
    expect(await file.write([Buffer.from('x'), Buffer.from('y')], 1, { mayBlock: true })).toBe(2);
    await file.truncate(4);
    await file.sync();
    expect(await file.size()).toBe(4);
    await file.close();
    await files.syncDirectory(directory);
    expect(await readFile(path, 'utf8')).toBe('axyd');
    expect(await files.size(path)).toBe(4);
    expect(await files.list(directory)).toEqual(['file']);
  });

  it('returns nothing for what does not exist, and passes other errors on', async () => {
    const files = new NodeFileSystem();
    const plain = join(directory, 'plain');
    await writeFile(plain, '');
    expect(await files.size(join(directory, 'none'))).toBeNull();
    expect(await files.list(join(directory, 'none'))).toEqual([]);
    await expect(files.size(join(plain, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(files.list(plain)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(files.open(join(directory, 'none'), 'read')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('passes on the error of a refused operation', async () => {
    const files = new NodeFileSystem();
    const path = join(directory, 'file');
    await writeFile(path, 'abc');
    const file = await files.open(path, 'read');
    await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await expect(file.write([Buffer.from('x')], 0, { mayBlock: true })).rejects.toMatchObject({ code: 'EBADF' });
    await expect(file.truncate(0)).rejects.toMatchObject({ code: 'EINVAL' });
    await file.close();
    const folder = await files.open(directory, 'read');
    await expect(folder.read(Buffer.alloc(1), 0)).rejects.toMatchObject({ code: 'EISDIR' });
    await folder.close();
  });

  it('skips the sync of a directory on a platform without it', async () => {
    const missing = join(directory, 'none');
    await expect(new NodeFileSystem('win32').syncDirectory(missing)).resolves.toBeUndefined();
    await expect(new NodeFileSystem('linux').syncDirectory(missing)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('uses the flag of the platform only if it makes writes durable', () => {
    expect(durableFlagOf('linux', 4096)).toBe(4096);
    expect(durableFlagOf('darwin', 4096)).toBe(0);
    expect(durableFlagOf('win32', undefined)).toBe(0);
  });
});
