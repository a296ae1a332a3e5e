import { afterEach, describe, expect, it } from 'vitest';
import type { Receipt } from '@replog/contracts/views.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';

/** What a timer may be early by. */
const TIMER_SLACK_MS = 20;
const DELAY_MS = 1_500;

let cluster: ClusterInProcess | undefined;
afterEach(async () => cluster?.end());

const msOf = (receipt: Receipt, node: string): number =>
  receipt.acks.find((ack) => ack.node === node)?.ms ?? Number.NaN;

describe('a slow secondary', () => {
  it('is waited for by those who ask for it, and by nobody else', async () => {
    cluster = await ClusterInProcess.start(1);
    const slow = await cluster.addSecondary({ DELAY: String(DELAY_MS / 1000) });
    await cluster.allMembers();
    const { client } = cluster.master;

    const quick = await client.append('for one', 1);
    const [onMaster, onSlow] = await Promise.all([client.messages(), slow.client.messages()]);
    expect(quick.status).toBe(201);
    expect(quick.body.acks.map((ack) => ack.node).sort()).toEqual(['master', 'secondary-1']);
    expect(onMaster.map(({ message }) => message)).toEqual(['for one']);
    expect(onSlow).toEqual([]);

    const both = await client.append('for two', 2);
    expect(both.status).toBe(201);
    expect(msOf(both.body, slow.nodeId)).toBeGreaterThan(DELAY_MS - TIMER_SLACK_MS);
    expect(msOf(both.body, slow.nodeId)).toBeGreaterThan(msOf(both.body, 'secondary-1'));
    expect((await cluster.agree()).map(({ message }) => message)).toEqual(['for one', 'for two']);

    const later = await client.get<Receipt>('/messages/1/receipt?wc=2');
    expect(later.status).toBe(200);
    expect(msOf(later.body, slow.nodeId)).toBeGreaterThan(DELAY_MS - TIMER_SLACK_MS);
  });
});
