import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { InflightBodies } from './inflight-bodies.js';
import { readChunks, readWhole } from './read-body.js';

const inflight = new InflightBodies({ maxInflightBytes: 100 });
const streamOf = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('a body', () => {
  it('is read chunk by chunk', async () => {
    const read: string[] = [];
    expect(await readChunks(streamOf('ab', 'c'), (chunk) => read.push(chunk.toString()))).toBe(true);
    expect(read).toEqual(['ab', 'c']);
  });

  it('is read whole, up to a limit', async () => {
    expect(await readWhole(streamOf('ab', 'c'), 3, inflight)).toEqual(Buffer.from('abc'));
    expect(await readWhole(streamOf(), 3, inflight)).toEqual(Buffer.alloc(0));
    await expect(readWhole(streamOf('ab', 'cd'), 3, inflight)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  });

  it('that is refused stays unread and open, so that its client can be answered', async () => {
    const body = new Readable({ read: () => undefined });
    body.push('ab');
    let taken = 0;
    const read = readChunks(body, () => {
      taken += 1;
      throw new Error('no more');
    });
    await expect(read).rejects.toThrow('no more');
    body.push('cd');
    await new Promise((resolve) => setImmediate(resolve));
    expect([taken, body.destroyed, body.isPaused()]).toEqual([1, false, true]);
    body.destroy();
  });

  it.each([undefined, new Error('aborted')])('of a client that goes away is not whole: %s', async (error) => {
    const body = new Readable({ read: () => undefined });
    const read = readWhole(body, 10, inflight);
    body.push('ab');
    await vi.waitFor(() => expect(inflight.bytes).toBe(2));
    body.destroy(error);
    expect(await read).toBeNull();
    expect(inflight.bytes).toBe(0);
    expect(await readWhole(body, 10, inflight)).toBeNull();
  });
});
