import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import type { LinkPorts } from './link-ports.js';
import { SecondaryLink } from './secondary-link.js';

describe('the link to a secondary', () => {
  it('stops at once, also while its host does not answer', async () => {
    const openLink: LinkPorts['transport']['openLink'] = (_url, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
    const ports = { transport: { openLink }, clock: new VirtualClock() } as unknown as LinkPorts;
    const peer = { nodeId: 's1', incarnation: 'i', url: 'http://s1:8000' };
    const link = new SecondaryLink(peer, ports, {
      acknowledged: () => undefined,
      failedToRead: () => undefined,
      lost: () => undefined,
      opening: () => () => Promise.resolve(null),
    });
    link.start();
    expect(link.state).toBe('connecting');
    await link.stop();
  });
});
