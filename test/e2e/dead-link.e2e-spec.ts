import { afterEach, describe, expect, it } from 'vitest';
import { ClusterBehindProxy } from '../support/cluster-behind-proxy.js';
import { eventually } from '../support/eventually.js';
import { statesOf } from '../support/log-lines.js';

let started: ClusterBehindProxy | undefined;
afterEach(async () => started?.end());

describe('something on the way forgets the connection of a link, and pings go on being answered', () => {
  it('both ends notice; a new link carries what the old one lost, and a write that waits is satisfied', async () => {
    started = await ClusterBehindProxy.start();
    const { cluster, secondary, proxy } = started;
    const { client } = cluster.master;
    expect((await client.append('before', 1)).status).toBe(201);

    const logged = cluster.master.output.length;
    expect(proxy.forget('GET /replication ')).toBe(1);
    const { status, body } = await client.append('into nowhere', 1, { timeoutMs: 20_000 });
    expect([status, body.outcome]).toEqual([201, 'satisfied']);
    expect(body.acks.map(({ node }) => node).sort()).toEqual(['master', 'secondary-1']);
    // Either end may be the first to notice.
    const suspected = /^SUSPECTED: the link was lost: (the link is open and dead: nothing came for|closed)/;
    await eventually('the log of the master says why', () =>
      statesOf(secondary.nodeId, cluster.master, logged).some((state) => suspected.test(state)),
    );
    await eventually('its link streams again', async () => {
      return (await client.secondaries())[0]?.reason === 'answers pings; link streaming';
    });
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['before', 'into nowhere']);
  });
});
