import { describe, expect, it, vi } from 'vitest';
import pino from 'pino';
import type { LocalNode } from '../node/local-node.js';
import { takeOver } from './take-over.js';

const REQUEST = { clusterId: 'c1', master: 'n1' };

describe('a node that is asked to take over the term of a master that stops', () => {
  const promote = vi.fn(() => Promise.resolve());
  const node = {
    ...{ nodeId: 'n2', clusterId: 'c1', isLeaving: false, master: { nodeId: 'n1' }, status: { holdsTerm: true } },
    roles: { requests: { promote } },
  };
  const ask = (changes: object, request = REQUEST): Promise<unknown> => {
    promote.mockClear();
    const asked = { ...node, ...changes } as unknown as LocalNode;
    return takeOver({ node: asked, logger: pino({ level: 'silent' }) }, request);
  };

  it('is promoted for it, and answers with its status', async () => {
    expect(await ask({})).toBe(node.status);
    expect(promote).toHaveBeenCalledExactlyOnceWith({ dryRun: false, force: false, askedBy: 'n1' });
  });

  it.each([
    ['stops itself', { isLeaving: true }, 'CHANGE_IN_PROGRESS'],
    ['follows another master', { master: { nodeId: 'n3' } }, 'TRANSFER_REFUSED'],
    ['follows nobody', { master: null }, 'TRANSFER_REFUSED'],
    ['is of another cluster', { clusterId: 'c2' }, 'FOREIGN_CLUSTER'],
  ])('refuses at once where it %s', async (_, changes, code) => {
    await expect(ask(changes)).rejects.toMatchObject({ code });
    expect(promote).not.toHaveBeenCalled();
  });
});
