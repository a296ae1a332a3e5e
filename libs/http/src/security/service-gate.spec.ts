import { beforeEach, describe, expect, it } from 'vitest';

import { testView } from '@replog/cluster/testing/fake-node.js';
import { ADMIN_KEY, CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { ApiKeys } from './api-keys.js';
import { ServiceGate } from './service-gate.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

describe('the gate between nodes', () => {
  const view = testView();
  let gate: ServiceGate;
  let token: string;

  beforeEach(async () => {
    const tokens = new ServiceTokens(testConfig(), new VirtualClock());
    token = await tokens.issue();
    view.clusterId = 'ours';
    gate = new ServiceGate(new ApiKeys(testConfig()), view, tokens);
  });

  it('opens to the token of a node, and to nothing else', async () => {
    expect(await gate.authenticate({ authorization: `Bearer ${token}` })).toEqual({ nodeId: 'm1' });
    await expect(gate.authenticate({})).rejects.toMatchObject({ status: 401 });
    await expect(gate.authenticate({ authorization: `Bearer ${token}x` })).rejects.toMatchObject({ status: 401 });
    for (const key of [CLIENT_KEY, ADMIN_KEY]) {
      await expect(gate.authenticate({ 'x-token': key })).rejects.toMatchObject({ status: 403 });
    }
  });

  it('is closed to another cluster, and names both', () => {
    const ask = (cluster?: string) => (): void =>
      gate.requireOwnKind({ 'x-replog-protocol': '1', ...(cluster && { 'x-replog-cluster': cluster }) }, 's9');
    expect(ask('ours')).not.toThrow();
    expect(ask()).not.toThrow();
    expect(ask('theirs')).toThrow(/s9 belongs to cluster theirs, m1 to ours.*empty data directory/);
    view.clusterId = null;
    expect(ask('theirs')).not.toThrow();
  });

  it('is closed to a build that speaks another protocol, or names none', () => {
    expect(() => gate.requireOwnKind({}, 's9')).toThrow(/s9 names no protocol version; this node speaks 1\./);
    expect(() => gate.requireOwnKind({ 'x-replog-protocol': '7' }, 's9')).toThrow(/s9 speaks protocol 7/);
  });
});
