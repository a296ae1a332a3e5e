import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordKind } from '@replog/contracts/record.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { loseLastRecord, orphanFiles } from '../support/log-file.js';

describe('a master is started again', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    // What a master takes alone is what it may find that nobody else has.
    cluster = await Cluster.start(2, { QUORUM_LOSS: 'accept', FAILOVER: 'manual' });
  });
  afterAll(() => cluster.end());

  const messages = async (): Promise<unknown[]> => (await cluster.agree()).map(({ message }) => message);

  it('and takes a new epoch, and finds its secondaries without their restart', async () => {
    const { master } = cluster;
    await master.client.append('first', 2);
    const pids = cluster.secondaries.map(({ pid }) => pid);
    await master.kill();
    master.start();
    await cluster.ready(master);
    const written = await master.client.append('second', 2);
    expect([written.status, written.body.epoch]).toEqual([201, 2]);
    await cluster.allMembers();
    expect(cluster.secondaries.map(({ pid }) => pid)).toEqual(pids);
    expect((await cluster.secondaries[0]!.client.cluster()).epoch).toBe(2);
    expect(await messages()).toEqual(['first', 'second']);
  });

  it('and fetches from a secondary what its own disk has lost', async () => {
    const { master } = cluster;
    await master.client.append('third', 2, { key: 'third' });
    await master.kill();
    const lost = loseLastRecord(master.dataDir);
    expect([lost.kind, lost.payload.toString()]).toEqual([RecordKind.Message, '"third"']);
    master.start();
    await cluster.ready(master);
    expect(await messages()).toEqual(['first', 'second', 'third']);
    const repeated = await master.client.append('third', 2, { key: 'third' });
    expect([repeated.status, repeated.body.seq]).toEqual([200, 3]);
    await eventually('it says so', () => /took over the log of secondary-\d/.test(master.output));
  });

  it('and a second one, with the data of a member, becomes the secondary of the living one', async () => {
    const { master } = cluster;
    const { epoch } = await master.client.cluster();
    const member = cluster.secondaries[1]!;
    await member.stop();
    member.start({ SERVER_TYPE: 'master', MASTER_PORT: String(member.port) });
    await eventually('it says so', () => member.output.includes('master is a living master: this node becomes its'));
    await cluster.inState(member, 'HEALTHY');
    expect((await master.client.append('fourth', 2)).body).toMatchObject({ outcome: 'satisfied', epoch });
    expect(await member.client.cluster()).toMatchObject({ role: 'secondary', master: { nodeId: 'master' } });
    const elsewhere = await member.client.append('elsewhere', 0);
    expect([elsewhere.status, elsewhere.headers.get('x-replog-master')]).toEqual([201, master.url]);
  });

  // Another address of the same loopback, which only Linux has without asking for it.
  it.runIf(process.platform === 'linux')('even where both are known under one MASTER_HOST', async () => {
    const { master } = cluster;
    const { epoch } = await master.client.cluster();
    const member = cluster.secondaries[1]!;
    await member.stop();
    const said = member.output.length;
    member.start({ SERVER_TYPE: 'master', HOST: '127.0.0.2' });
    await eventually('it follows', () => member.output.slice(said).includes('is a living master'));
    expect((await master.client.append('fifth', 1)).body).toMatchObject({ outcome: 'satisfied', epoch });
    await member.stop();
    member.start();
    expect((await messages()).at(-1)).toBe('fifth');
  });

  it('and sets aside what nobody else has, if another is master by then', async () => {
    const { master } = cluster;
    const [next, third] = cluster.secondaries as [NodeProcess, NodeProcess];
    await cluster.allMembers();
    const kept = await messages();
    await Promise.all([next.kill(), third.kill()]);
    expect((await master.client.appendBatch(['lonely', 'too'], 0)).status).toBe(201);
    const { epoch } = await master.client.cluster();
    await master.kill();

    next.start({ SERVER_TYPE: 'master', MASTER_PORT: String(next.port) });
    third.start();
    await cluster.ready(next);
    await eventually(
      'the other follows',
      async () => (await next.client.append('new', 1, { key: 'new' })).status < 202,
    );
    expect((await next.client.cluster()).epoch).toBeGreaterThan(epoch);

    const said = master.output.length;
    master.start();
    expect(await messages()).toEqual([...kept, 'new']);
    expect(await master.client.cluster()).toMatchObject({ role: 'secondary', master: { nodeId: next.nodeId } });
    expect(orphanFiles(master.dataDir)).toHaveLength(2);
    await eventually('it says so', () => master.output.slice(said).includes('set aside as orphans'));
    await eventually('it counts', async () => (await next.client.append('for all', 2, { key: 'all' })).status < 202);
  });
});
