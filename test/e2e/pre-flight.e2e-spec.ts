import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteConcernView } from '@replog/contracts/views.js';
import { Cluster } from '../support/cluster.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import type { NodeClient } from '../support/node-client.js';

const CONCERNS = [0, 1, 2, 3, 'majority', 'all'];

describe('the pre-flight says what a write of now meets', () => {
  let cluster: Cluster;
  let client: NodeClient;
  beforeAll(async () => {
    cluster = await Cluster.start(2);
    ({ client } = cluster.master);
    await client.append('on all of them', 2);
  });
  afterAll(() => cluster.end());

  const ask = async (concern: number | string): Promise<WriteConcernView> =>
    (await client.get<WriteConcernView>(`/write-concern/${concern}`)).body;

  const names = ({ missing }: WriteConcernView): string[] => missing.map(({ nodeId }) => nodeId).sort();

  /** For every concern, the pre-flight and then a write that does not wait for long. */
  async function compareWithWrites(): Promise<void> {
    for (const concern of CONCERNS) {
      const { canBeMet, refusedWith } = await ask(concern);
      const { status, body } = await client.append('tried', concern, { timeoutMs: canBeMet ? 20_000 : 100 });
      const met = { canBeMet: status === 201, refusedWith: status < 300 ? null : body.code };
      expect({ concern, canBeMet, refusedWith }).toEqual({ concern, ...met });
    }
  }

  it('with all members alive, and how many exist where a concern needs more', async () => {
    await eventually('two can acknowledge', async () => (await ask(2)).canBeMet);
    await compareWithWrites();
    expect(await ask('all')).toMatchObject({ canBeMet: true, reason: null, refusedWith: null, missing: [] });
    const tooMany = await ask(5);
    expect(tooMany).toMatchObject({ canBeMet: false, refusedWith: null, missing: [] });
    expect(tooMany.reason).toMatch(/needs 5 secondaries, and only 2 exist/);
  });

  it('with one member dead', async () => {
    const [dead] = cluster.secondaries;
    await dead!.kill();
    await cluster.inState(dead!, 'UNREACHABLE');
    await compareWithWrites();
    const two = await ask(2);
    expect(two.reason).toMatch(/needs 2 secondaries, and only 1 of 2 acknowledge now/);
    expect(names(two)).toEqual([dead!.nodeId]);
  });

  it('with both dead: no write is taken, whatever its concern', async () => {
    const dead = cluster.secondaries[1]!;
    await dead.kill();
    await cluster.inState(dead, 'UNREACHABLE');
    await compareWithWrites();
    for (const concern of CONCERNS) {
      const view = await ask(concern);
      expect(view).toMatchObject({ canBeMet: false, refusedWith: 'NO_QUORUM' });
      expect(view.reason).toMatch(/Only 1 of 3 members are reachable, less than a majority/);
      expect(names(view)).toEqual(['secondary-1', 'secondary-2']);
    }
  });

  it('with both dead and QUORUM_LOSS=accept: what the master can do alone', async () => {
    await cluster.master.stop();
    for (const secondary of cluster.secondaries) secondary.start();
    cluster.master.start({ QUORUM_LOSS: 'accept' });
    await cluster.allMembers();
    await Promise.all(cluster.secondaries.map((secondary) => secondary.kill()));
    for (const secondary of cluster.secondaries) await cluster.inState(secondary, 'UNREACHABLE');
    await compareWithWrites();
    expect((await ask(0)).canBeMet).toBe(true);
    expect((await ask(1)).refusedWith).toBe('NO_QUORUM');
  });

  it('with both back', async () => {
    for (const secondary of cluster.secondaries) secondary.start();
    await cluster.allMembers();
    await eventually('two can acknowledge', async () => (await ask(2)).canBeMet);
    await compareWithWrites();
  });
});

describe('the pre-flight at a master that is changing', () => {
  let cluster: ClusterInProcess;
  beforeAll(async () => {
    cluster = await ClusterInProcess.start(1);
  });
  afterAll(() => cluster.end());

  it('says to whom, and that no message is stored; at once, while writes are held', async () => {
    const { client, opened } = cluster.master;
    let giveUp: (reason: Error) => void = () => undefined;
    const catchingUp = new Promise<void>((_resolve, reject) => (giveUp = reject));
    const transfer = opened.node.roles.requests.transfer('secondary-1', () => catchingUp);
    const held = client.append('held', 0);
    const { body } = await client.get<WriteConcernView>('/write-concern/0');
    expect(body).toMatchObject({ canBeMet: false, refusedWith: 'NO_MASTER' });
    expect(body.reason).toMatch(/transferring its term to secondary-1/);

    giveUp(new Error('it did not catch up'));
    await expect(transfer).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    expect((await held).status).toBe(201);
    expect((await client.get<WriteConcernView>('/write-concern/0')).body).toMatchObject({
      canBeMet: true,
      reason: null,
    });
  });
});
