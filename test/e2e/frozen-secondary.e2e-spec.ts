import { afterEach, describe, expect, it } from 'vitest';
import type { Receipt, WriteConcernView } from '@replog/contracts/views.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { statesOf } from '../support/log-lines.js';

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

describe('a secondary freezes', () => {
  it('is suspected, then unreachable and left alone, then caught up; a wait that ended is resumed', async () => {
    cluster = await Cluster.start(2, { HEALTHCHECK_FAILURES: '3' });
    const { client } = cluster.master;
    const frozen = cluster.secondaries[1]!;
    await client.append('before', 2);

    frozen.signal('SIGSTOP');
    await cluster.inState(frozen, 'UNREACHABLE');
    const states = await eventually('its log says so', () => {
      const said = statesOf(frozen.nodeId, cluster!.master);
      return said.at(-1)?.startsWith('UNREACHABLE') && said;
    });
    expect(states.at(-2)).toMatch(/^SUSPECTED: 1 ping missed/);
    expect(states.at(-1)).toMatch(/^UNREACHABLE: 3 pings missed/);
    const reason = await eventually('its link is suspended', async () => {
      const members = await client.secondaries();
      return members.find(({ nodeId, reason }) => nodeId === frozen.nodeId && reason.includes('link suspended'))
        ?.reason;
    });
    expect(reason).toContain('pings missed');

    expect((await client.append('for one', 1)).status).toBe(201);
    const pending = await client.append('for two', 2, { timeoutMs: 100 });
    expect([pending.status, pending.body.outcome]).toEqual([202, 'pending']);
    const view = (await client.get<WriteConcernView>('/write-concern/2')).body;
    expect(view).toMatchObject({ canBeMet: false, missing: [{ nodeId: frozen.nodeId, state: 'UNREACHABLE' }] });
    await eventually(
      'the other one meets a concern of one',
      async () => (await client.get<WriteConcernView>('/write-concern/1')).body.canBeMet,
    );

    const location = pending.headers.get('location')!;
    const again = await client.get<Receipt>(`${location}&timeout=0`);
    expect([again.status, again.headers.get('location')]).toEqual([202, location]);
    const resumed = client.get<Receipt>(location);
    frozen.signal('SIGCONT');
    const { status, body } = await resumed;
    expect(status).toBe(200);
    expect(body).toMatchObject({ seq: pending.body.seq, outcome: 'satisfied', duplicate: false });
    expect(body.acks.map((ack) => ack.node)).toContain(frozen.nodeId);
    await cluster.inState(frozen, 'HEALTHY');
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['before', 'for one', 'for two']);
  });
});
