import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemberView } from '@replog/contracts/views.js';
import { rewriteSealed } from '../support/another-history.js';
import { Cluster } from '../support/cluster.js';
import { SMALL_SEGMENTS, fill } from '../support/damage.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';

const DIFFERENCES = /^replog_chain_differences_total (\d+)$/m;

describe('a secondary whose disk holds records of another history', () => {
  let cluster: Cluster;
  let odd: NodeProcess;
  let sound: NodeProcess;

  beforeAll(async () => {
    // Its own scrub would come upon the place where the two histories meet.
    cluster = await Cluster.start(2, { ...SMALL_SEGMENTS, SCRUB_BYTES_PER_SECOND: '0' });
    [odd, sound] = cluster.secondaries as [NodeProcess, NodeProcess];
    await fill(cluster, 1, 350);
  });
  afterAll(() => cluster.end());

  async function memberOf({ nodeId }: NodeProcess): Promise<MemberView | undefined> {
    return (await cluster.master.client.secondaries()).find((member) => member.nodeId === nodeId);
  }

  async function differences(): Promise<number> {
    const { body } = await cluster.master.client.get<string>('/metrics');
    return Number(DIFFERENCES.exec(body)?.[1]);
  }

  it('is found by the comparison of chains, and the first differing index is named in log, metrics and views, once', async () => {
    expect(await differences()).toBe(0);
    await odd.stop();
    const first = rewriteSealed(odd.dataDir);
    odd.start();
    await cluster.ready(odd);
    await cluster.inState(odd, 'HEALTHY');

    const sentence = `${odd.nodeId} and this master hold different records from ${first.index} on`;
    await eventually(`the master says: ${sentence}`, () => cluster.master.output.includes(sentence));
    const named = `its log differs from the master's from record ${first.index} on`;
    expect((await memberOf(odd))?.reason).toContain(named);
    const { members } = await cluster.master.client.cluster();
    expect(members.find(({ nodeId }) => nodeId === odd.nodeId)?.reason).toContain(named);
    expect((await memberOf(sound))?.reason).not.toContain('differs');
    expect(await differences()).toBe(1);

    // Both hold it for committed: a person has to say which of the two is right, and writes go on meanwhile.
    expect((await cluster.master.client.append('after the difference', 'all')).status).toBe(201);
  });
});
