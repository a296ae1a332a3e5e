/** Orders of an operator that cannot be: each is refused with its reason and what would help, and nothing is half done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import { ADMIN_API_KEY, Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/node-client.js';
import type { NodeProcess } from '../support/node-process.js';
import { orphanSets, promote, readOrphans, reappend } from '../support/operator.js';

const ADMIN = { headers: { 'x-token': ADMIN_API_KEY } };

describe('an order that cannot be', () => {
  let cluster: Cluster;
  let master: NodeProcess;
  let first: NodeProcess;
  let second: NodeProcess;
  beforeAll(async () => {
    cluster = await Cluster.start(2);
    ({ master } = cluster);
    [first, second] = cluster.secondaries as [NodeProcess, NodeProcess];
    await master.client.append('before', 2);
  });
  afterAll(() => cluster.end());

  const takeOut = (nodeId: string): Promise<Answer<Problem>> =>
    master.client.request('DELETE', `/secondaries/${nodeId}`, ADMIN);

  /** The members, who is master, the epoch: what an order that was refused must not have changed. */
  async function standing(node: NodeProcess): Promise<unknown> {
    const { role, epoch, master: known, members, lastIndex } = await node.client.cluster();
    return { role, epoch, master: known?.nodeId, lastIndex, members: members.map(({ nodeId }) => nodeId).sort() };
  }

  function isRefused(answer: Answer<Partial<Problem>>, status: number, code: Problem['code'], says: RegExp): void {
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(says);
  }

  it('has nothing to do where the master is promoted, however it is asked', async () => {
    const before = await standing(master);
    for (const request of [{}, { force: true }, { dryRun: true }]) {
      const { status, body } = await promote(master, request);
      expect([status, body.outcome]).toEqual([200, 'already-master']);
    }
    expect(await standing(master)).toEqual(before);
  });

  it('is refused where a majority is at hand and force is not needed', async () => {
    const before = await standing(first);
    for (const request of [{ force: true }, { force: true, dryRun: true }]) {
      isRefused(await promote(first, request), 409, 'FORCE_NOT_NEEDED', /3 of 3 members answer: promote without force/);
    }
    expect(await standing(first)).toEqual(before);
  });

  it('is refused to a node that is joining', async () => {
    const joining = await cluster.addSecondary({ DELAY: '60' });
    joining.start();
    await cluster.inState(joining, 'JOINING');
    for (const force of [false, true]) {
      isRefused(await promote(joining, { force }), 409, 'NOT_A_MEMBER', /JOINING.*Wait until GET \/secondaries/);
    }
    expect((await joining.client.cluster()).role).toBe('secondary');
    expect((await takeOut(joining.nodeId)).status).toBe(204);
    await joining.kill();
    cluster.secondaries.pop();
  });

  it('is not known where it names orphans that are not there', async () => {
    for (const node of [master, first]) {
      expect(await orphanSets(node)).toEqual([]);
      for (const id of ['no-such-set', '..%2F..%2Fnode.json', '%00']) {
        isRefused(await readOrphans(node, id), 404, 'NOT_FOUND', /no orphan set.*GET \/orphans lists them/);
        isRefused(await reappend(node, id), 404, 'NOT_FOUND', /no orphan set.*GET \/orphans lists them/);
      }
    }
  });

  it('is refused where it takes out the master', async () => {
    const before = await standing(master);
    isRefused(await takeOut('master'), 409, 'WOULD_LOSE_MAJORITY', /Promote another one before/);
    isRefused(await takeOut('nobody'), 404, 'NOT_FOUND', /GET \/secondaries lists them/);
    expect(await standing(master)).toEqual(before);
  });

  it('is refused where it takes out a member without which there is no majority', async () => {
    await second.kill();
    await eventually('the master knows', async () =>
      (await master.client.secondaries()).some(({ nodeId, state }) => nodeId === 'secondary-2' && state !== 'HEALTHY'),
    );
    const before = await standing(master);
    isRefused(
      await takeOut('secondary-1'),
      409,
      'WOULD_LOSE_MAJORITY',
      /only 1 of 2 members would be HEALTHY; 2 are needed. Bring back secondary-2 first, or remove that one instead/,
    );
    expect(await standing(master)).toEqual(before);
    expect((await master.client.append('with a majority still', 'majority')).status).toBe(201);
  });

  it('is refused to a node that is cut off from the majority', async () => {
    await master.kill();
    const before = (await first.client.cluster()).epoch;
    for (const dryRun of [true, false]) {
      const refused = await promote(first, { dryRun });
      isRefused(
        refused,
        409,
        'NO_MAJORITY',
        /Only 1 of 3 members can vote; 2 are needed. Bring back master or secondary-2.*"force": true\} at secondary-1/,
      );
      expect(refused.body.unreachable.map(({ nodeId }) => nodeId)).toEqual(['master', 'secondary-2']);
    }
    const after = await first.client.cluster();
    expect([after.role, after.epoch]).toEqual(['secondary', before]);
  });

  it('is done by force where it was refused for want of a majority, and says what may be lost', async () => {
    const forecast = await promote(first, { force: true, dryRun: true });
    expect((await first.client.cluster()).role).toBe('secondary');
    const forced = await promote(first, { force: true });
    expect(forced.body).toMatchObject({ outcome: 'promoted', forced: true });
    expect(forced.body.mayBeLost).toContain('secondary-2');
    expect(forced.body.unreachable).toEqual(forecast.body.unreachable);
    expect((await first.client.append('forced', 'majority')).status).toBe(201);

    master.start();
    second.start({ MASTER_PORT: String(first.port) });
    const messages = (await cluster.agree()).map(({ message }) => message);
    expect(messages).toEqual(['before', 'with a majority still', 'forced']);
    expect((await master.client.cluster()).role).toBe('secondary');
  });
});
