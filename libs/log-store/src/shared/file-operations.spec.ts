import { describe, expect, it } from 'vitest';
import { errorCode } from '../file-system.port.js';
import { MemoryFileSystem } from '../testing/memory-file-system.js';
import { readUpTo, writeAll } from './file-operations.js';

describe('reading and writing a file', () => {
  it('reads fewer bytes if the file ends early', async () => {
    const file = await new MemoryFileSystem().open('/file', 'create');
    await writeAll(file, [Buffer.from('abc'), Buffer.from('def')], 0);
    expect((await readUpTo(file, 2, 100)).toString()).toBe('cdef');
    expect((await readUpTo(file, 2, 3)).toString()).toBe('cde');
  });

  it('fails if a write makes no progress', async () => {
    const file = await new MemoryFileSystem().open('/file', 'create');
    const stuck = { ...file, write: () => Promise.resolve(0) };
    await expect(writeAll(stuck, [Buffer.from('abc')], 0)).rejects.toThrow('no progress');
  });
});

describe('the code of an error', () => {
  it('is read if there is one', () => {
    expect(errorCode(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBe('ENOSPC');
    expect(errorCode(Object.assign(new Error('odd'), { code: 28 }))).toBeUndefined();
    expect(errorCode(new Error('plain'))).toBeUndefined();
    expect(errorCode('ENOSPC')).toBeUndefined();
  });
});
