import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { MemberView, WriteConcernView } from '@replog/contracts/views.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import { statesOf } from '../support/log-lines.js';
import type { NodeInProcess } from '../support/node-in-process.js';

describe('the state of a secondary', () => {
  let cluster: ClusterInProcess;
  let secondary: NodeInProcess;
  beforeAll(async () => {
    cluster = await ClusterInProcess.start(2, { HEALTHCHECK_FAILURES: '3', FAILOVER: 'manual' });
    secondary = cluster.secondaries[1]!;
  });
  afterAll(() => cluster.end());

  async function member(): Promise<MemberView> {
    const members = await cluster.master.client.secondaries();
    return members.find(({ nodeId }) => nodeId === secondary.nodeId)!;
  }

  it('is HEALTHY while it answers and its link streams', async () => {
    await eventually('its link streams', async () => (await member()).reason === 'answers pings; link streaming');
    expect((await member()).state).toBe('HEALTHY');
    expect((await cluster.master.client.append('for all', 2)).status).toBe(201);
  });

  it('is no reason for a load balancer to take it for the master', async () => {
    expect((await cluster.master.client.get('/healthcheck/master')).status).toBe(200);
    const { status, body } = await secondary.client.get<Problem>('/healthcheck/master');
    expect([status, body.code]).toEqual([503, 'NOT_READY']);
    expect(body.detail).toBe(`This node is not the master: master is, at ${cluster.master.client.url}.`);
  });

  it('is SUSPECTED when its link is lost and UNREACHABLE after the last ping missed, and no concern counts on it', async () => {
    const { client, output } = cluster.master;
    await secondary.stop();
    await cluster.inState(secondary, 'UNREACHABLE');
    const states = await eventually('its log says so', () => {
      const said = statesOf(secondary.nodeId, cluster.master, output.length);
      return said.at(-1)?.startsWith('UNREACHABLE') && said;
    });
    expect(states).toContainEqual(expect.stringMatching(/^SUSPECTED: the link was lost/));
    expect(states.at(-1)).toMatch(/^UNREACHABLE: 3 pings missed/);
    const view = (await client.get<WriteConcernView>('/write-concern/2')).body;
    expect(view).toMatchObject({ canBeMet: false, missing: [{ nodeId: secondary.nodeId, state: 'UNREACHABLE' }] });
    expect((await client.append('for one', 1)).status).toBe(201);
    const pending = await client.append('for two', 2, { timeoutMs: 50 });
    expect([pending.status, pending.body.outcome]).toEqual([202, 'pending']);
  });

  it('is HEALTHY again when it is back, with all that it missed', async () => {
    const { client } = cluster.master;
    await secondary.start();
    await cluster.inState(secondary, 'HEALTHY');
    await eventually('its link streams', async () => (await member()).reason === 'answers pings; link streaming');
    const view = (await client.get<WriteConcernView>('/write-concern/2')).body;
    expect(view).toMatchObject({ canBeMet: true, missing: [] });
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['for all', 'for one', 'for two']);
  });
});
