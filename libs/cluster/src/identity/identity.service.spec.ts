import { pino } from 'pino';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { describe, expect, it } from 'vitest';
import { LocalNode } from '../node/local-node.js';
import type { Transport } from '../peers/transport.port.js';
import { IdentityService } from './identity.service.js';

describe('a node that has forgotten something', () => {
  it('takes one new incarnation, also where it is told twice at once', async () => {
    const initial = { nodeId: 'n1', incarnation: 'first', clusterId: 'c', promised: null };
    const state = await openNodeState('/n1', () => initial, new MemoryFileSystem());
    const node = new LocalNode(state, new MemoryLogStore(), null, 'boot-1', { starts: 2, boots: ['boot-1'] });
    const said: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line: string) => void said.push(line) });
    const ports = { node, config: testConfig(), random: new SeededRandom(1), logger, transport: {} as Transport };
    const identity = new IdentityService(ports);
    const before = node.incarnation;
    const renewals = [identity.renew(before, 'the master says so'), identity.renew(before, 'its poll says so')];
    await renewals[0];
    const after = node.incarnation;
    await Promise.all(renewals);
    expect(after).not.toBe(before);
    expect(node.incarnation).toBe(after);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('restored from an older copy: the master says so');
  });
});

/** `living`: the addresses at which `n3` answers. */
function nodeThatKnows(known: string | null, living: readonly string[]) {
  const addresses = new Map<string, string>(known === null ? [] : [['n3', known]]);
  const node = {
    start: { starts: 1 },
    addressOf: (nodeId: string) => addresses.get(nodeId) ?? null,
    noteAddress: (nodeId: string, url: string) => addresses.set(nodeId, url),
  } as unknown as LocalNode;
  const status = (url: string): Promise<unknown> =>
    living.includes(url) ? Promise.resolve({ nodeId: 'n3' }) : Promise.reject(new Error('nothing answers there'));
  const ports = { node, transport: { status }, config: { healthcheckTimeoutMs: 1 }, logger: {}, random: {} };
  return { identity: new IdentityService(ports as never), addresses };
}

describe('the address of another node', () => {
  it('stays where the node answers, though a copy of its directory says that it is elsewhere', async () => {
    const { identity, addresses } = nodeThatKnows('http://n3', ['http://n3', 'http://copy']);
    identity.addressClaimed('n3', 'http://copy');
    await new Promise((resolve) => setImmediate(resolve));
    expect(addresses.get('n3')).toBe('http://n3');
  });

  it.each([['http://before'], [null]])('is the new one where nothing answers at %s', async (known) => {
    const { identity, addresses } = nodeThatKnows(known, ['http://moved']);
    identity.addressClaimed('n3', 'http://moved');
    await new Promise((resolve) => setImmediate(resolve));
    expect(addresses.get('n3')).toBe('http://moved');
  });
});
