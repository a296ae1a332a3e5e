import { afterEach, describe, expect, it } from 'vitest';
import { ClusterBehindProxy } from '../support/cluster-behind-proxy.js';
import { eventually } from '../support/eventually.js';

let started: ClusterBehindProxy | undefined;
afterEach(async () => started?.end());

describe('the answer to a batch is lost', () => {
  it('after it was stored: the secondary has every message once, and its acknowledgement counts', async () => {
    started = await ClusterBehindProxy.start();
    const { cluster, secondary, proxy } = started;
    const { client } = cluster.master;
    await client.append('before', 1);

    proxy.swallowAnswers();
    const batch = Array.from({ length: 100 }, (_, number) => `message ${number}`);
    let isAnswered = false;
    const waiting = client.appendBatch(batch, 1).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await eventually('the secondary has stored the batch', async () => {
      return (await secondary.client.messages()).length === 1 + batch.length;
    });
    const { swallowedBytes } = proxy;
    expect(swallowedBytes).toBeGreaterThan(0);
    expect(isAnswered).toBe(false);

    proxy.cut();
    const { status, body } = await waiting;
    expect(status).toBe(201);
    expect(body).toMatchObject({ outcome: 'satisfied', seq: 2, lastSeq: 101, appended: 100 });
    expect(body.acks.map((ack) => ack.node).sort()).toEqual(['master', 'secondary-1']);
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['before', ...batch]);
    await cluster.inState(secondary, 'HEALTHY');
    expect((await client.append('after', 1)).status).toBe(201);
  });
});
