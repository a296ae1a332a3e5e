import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

describe('the data directory of a secondary is copied, and both run', () => {
  it('the second one is refused by name while the first one lives, and the cluster does not waver', async () => {
    cluster = await Cluster.start(2);
    const { master } = cluster;
    const known = cluster.secondaries[0]!;
    await master.client.append('before', 2);
    await known.stop();
    const copy = join(cluster.root, 'copy');
    cpSync(known.dataDir, copy, { recursive: true });
    known.start();
    await cluster.inState(known, 'HEALTHY');

    const clone = await cluster.addSecondary({ NODE_ID: known.nodeId, DATA_DIR: copy });
    clone.start();
    await eventually('the copy says why it is refused', () =>
      /already in use by the living node at [^\n]*started from a copy of its data directory/.test(clone.output),
    );
    expect(await placeOf(known.nodeId)).toBe(known.url);
    const { status, body } = await master.client.append('with both', 2);
    expect([status, body.outcome]).toEqual([201, 'satisfied']);
    expect((await known.client.messages()).map(({ message }) => message)).toEqual(['before', 'with both']);
    expect((await clone.client.messages()).map(({ message }) => message)).toEqual(['before']);
  });
});

async function placeOf(nodeId: string): Promise<string | undefined> {
  const members = await cluster!.master.client.secondaries();
  return members.find((member) => member.nodeId === nodeId)?.url;
}
