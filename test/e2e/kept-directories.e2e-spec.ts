/** The format on disk keeps its bytes: what an earlier build wrote is opened, read and written on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageView, Receipt } from '@replog/contracts/views.js';
import { Cluster } from '../support/cluster.js';
import { SMALL_SEGMENTS } from '../support/damage.js';
import { unpackFor } from '../support/kept-directories.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets } from '../support/operator.js';
import { segmentFiles } from '../support/segment-files.js';

const NDJSON = { accept: 'application/x-ndjson' };

describe('a cluster on directories that an earlier build wrote', () => {
  let cluster: Cluster;
  let master: NodeProcess;
  let secondary: NodeProcess;
  let kept: string;
  let lines: string[];
  let views: MessageView[];
  beforeAll(async () => {
    cluster = await Cluster.prepare(SMALL_SEGMENTS);
    ({ master } = cluster);
    secondary = await cluster.addSecondary();
    kept = unpackFor(cluster.nodes, cluster.root);
    lines = kept.trimEnd().split('\n');
    views = lines.map((line) => JSON.parse(line) as MessageView);
    for (const node of cluster.nodes) node.start();
    await cluster.ready(master);
    await cluster.allMembers();
  });
  afterAll(() => cluster.end());

  it('goes on in the next epoch with both members, and sets nothing aside', async () => {
    const view = await master.client.cluster();
    expect(view.epoch).toBe(3);
    expect(view.members.map(({ nodeId, state }) => [nodeId, state])).toEqual([
      ['master', 'MASTER'],
      ['secondary-1', 'HEALTHY'],
    ]);
    for (const node of cluster.nodes) expect(await orphanSets(node)).toEqual([]);
  });

  it('reads everything back byte for byte, at the master and at the secondary', async () => {
    expect(views).toHaveLength(51);
    expect(segmentFiles(master.dataDir)).toHaveLength(2);
    for (const { client } of cluster.nodes) {
      expect((await client.get<string>('/messages', NDJSON)).body).toBe(kept);
      expect((await client.get<MessageView>('/messages/21')).body).toEqual(views[20]);
    }
  });

  it('knows every key that was used', async () => {
    const keyed = lines.filter((line) => !line.includes('"key":null'));
    expect(keyed).toHaveLength(11);
    for (const line of keyed) {
      const { key, seq, epoch, timestamp } = JSON.parse(line) as MessageView;
      // As it was sent: parsed and written again, -0 would be 0, which is another message.
      const body = `{${line.slice(line.indexOf('"message":'))}`;
      const headers = { 'content-type': 'application/json', 'idempotency-key': key ?? '' };
      const repeated = await master.client.request<Receipt>('POST', '/messages/all', { headers, body });
      expect([repeated.status, repeated.body.duplicate]).toEqual([200, true]);
      expect(repeated.body).toMatchObject({ seq, epoch, timestamp, outcome: 'satisfied' });
    }
    const other = await master.client.append('another message', 0, { key: 'order-5' });
    expect([other.status, other.body.code]).toEqual([422, 'KEY_REUSED']);
  });

  it('writes on, and both nodes have the same afterwards and after a restart', async () => {
    const text = 'written by this build. '.repeat(400);
    for (let number = 1; number <= 20; number++) {
      expect((await master.client.append(`${number}: ${text}`, 'all')).body.seq).toBe(51 + number);
    }
    await master.stop();
    await secondary.stop();
    for (const node of cluster.nodes) node.start();
    await cluster.ready(master);
    await cluster.allMembers();
    const messages = await cluster.agree();
    expect(messages).toHaveLength(71);
    expect(messages.slice(0, 51)).toEqual(views);
  });
});
