import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { TcpProxy } from '../support/tcp-proxy.js';

let cluster: Cluster | undefined;
let proxy: TcpProxy | undefined;
afterEach(async () => {
  await cluster?.end();
  await proxy?.close();
});

describe('the answer to a batch is lost', () => {
  it('after it was stored: the secondary has every message once, and its acknowledgement counts', async () => {
    cluster = await Cluster.start(0);
    const secondary = await cluster.addSecondary();
    proxy = await TcpProxy.to(secondary.port);
    secondary.start({ ADVERTISED_URL: proxy.url });
    await cluster.allMembers();
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
