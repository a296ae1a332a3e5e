import { afterEach, describe, expect, it } from 'vitest';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';

let cluster: ClusterInProcess | undefined;
afterEach(async () => cluster?.end());

describe('write concern', () => {
  it('waits for a secondary that is yet to come, and holds up nobody who asked for less', async () => {
    cluster = await ClusterInProcess.start(1);
    const { client } = cluster.master;
    expect((await client.append('first', 0)).status).toBe(201);
    expect((await client.append('second', 1)).status).toBe(201);

    let hasAnswered = false;
    const waiting = client.append('third', 2).then((answer) => {
      hasAnswered = true;
      return answer;
    });
    await eventually('the waiting message is in the log', async () => (await client.messages()).length === 3);
    expect((await client.append('fourth', 0)).status).toBe(201);
    expect((await client.append('fifth', 1)).status).toBe(201);
    expect(hasAnswered).toBe(false);

    await cluster.addSecondary();
    const { status, body } = await waiting;
    expect(status).toBe(201);
    expect(body).toMatchObject({
      seq: 3,
      outcome: 'satisfied',
      writeConcern: { requested: '2', secondaries: 2, copies: 3 },
    });
    expect(body.acks.map((ack) => ack.node).sort()).toEqual(['master', 'secondary-1', 'secondary-2']);
    const messages = await cluster.agree();
    expect(messages.map(({ seq, message }) => [seq, message])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'third'],
      [4, 'fourth'],
      [5, 'fifth'],
    ]);
  });
});
