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
