import { describe, expect, it } from 'vitest';
import { programOf } from './load/command.js';
import type { Peer } from './peers/contender.js';
import { startPeer } from './run-bench.js';

const peer = (start: Peer['start']): Peer => ({ name: 'Some Database', packages: ['some-database'], start });

describe('a peer', () => {
  it('that is not installed is named with what to install, and keeps nobody else from running', async () => {
    const missing = peer(async () => expect.unreachable(programOf('a-program-nobody-has')));
    const sentence = await startPeer(missing, '/nowhere');
    expect(sentence).toBe(
      'Some Database takes no part: a-program-nobody-has is not installed ' +
        '(Debian: some-database; "npm run bench:peers" installs all peers).',
    );
  });

  it('that does not get up is named with what it said', async () => {
    const broken = peer(() => Promise.reject(new Error('its port is taken')));
    expect(await startPeer(broken, '/nowhere')).toBe('Some Database takes no part: its port is taken.');
  });

  it('has a folder of its own for its data', async () => {
    const told: string[] = [];
    await startPeer(
      peer(({ folder }) => {
        told.push(folder);
        return Promise.reject(new Error('enough'));
      }),
      '/data',
    );
    expect(told).toEqual(['/data/some-database']);
  });
});
