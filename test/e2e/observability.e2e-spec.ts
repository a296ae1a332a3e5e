/** What a node tells of itself: metrics that move, log lines that can be followed, and no secret in any of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_API_KEY, API_KEY, CLUSTER_SECRET } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';

let master: NodeInProcess;
let secondary: NodeInProcess;
beforeAll(async () => {
  ({ master, secondary } = await NodeInProcess.pair({ LOG_LEVEL: 'trace' }));
});
afterAll(async () => {
  await secondary.end();
  await master.end();
});

/** The value of one series; `undefined` where it is not shown. */
async function metric(node: NodeInProcess, series: string): Promise<number | undefined> {
  const text = (await node.client.get<string>('/metrics')).body;
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('metrics', () => {
  it('count appends by outcome', async () => {
    await master.client.append('one', 1, { key: 'k' });
    await master.client.append('one', 1, { key: 'k' });
    await master.client.append('two', 5, { timeoutMs: 0 });
    await master.client.append('another', 1, { key: 'k' });
    await master.client.appendBatch([1, 2, 3], 1);
    const outcome = (name: string): Promise<number | undefined> =>
      metric(master, `replog_appends_total{outcome="${name}"}`);
    expect(await outcome('satisfied')).toBe(4);
    expect(await outcome('duplicate')).toBe(1);
    expect(await outcome('pending')).toBe(1);
    expect(await outcome('rejected')).toBe(1);
  });

  it('measure waits, syncs and batches, on every node that has them', async () => {
    // A look at the receipt is no write, and no wait of one.
    expect((await master.client.get('/messages/1/receipt?wc=1')).status).toBe(200);
    expect(await metric(master, 'replog_concern_wait_seconds_count{write_concern="1"}')).toBe(3);
    for (const node of [master, secondary]) {
      expect(await metric(node, 'replog_sync_seconds_count')).toBeGreaterThan(0);
      expect(await metric(node, 'replog_sync_seconds_sum')).toBeGreaterThan(0);
      expect(await metric(node, 'replog_sync_batch_records_sum')).toBeGreaterThanOrEqual(5);
    }
  });

  it('show the committed index, the role and who the node is', async () => {
    const { lastIndex } = await master.client.cluster();
    expect(await metric(master, 'replog_last_index')).toBe(lastIndex);
    for (const node of [master, secondary]) {
      await eventually(
        'all is committed here',
        async () => (await metric(node, 'replog_committed_index')) === lastIndex,
      );
      expect(await metric(node, 'replog_epoch')).toBe(1);
    }
    expect(await metric(master, 'replog_is_master')).toBe(1);
    expect(await metric(secondary, 'replog_is_master')).toBe(0);
    expect(await metric(master, 'replog_node_info{node="master",role="master"}')).toBe(1);
    expect(await metric(secondary, 'replog_node_info{node="secondary-1",role="secondary"}')).toBe(1);
  });

  it('show state and lag of a secondary as they are at the scrape', async () => {
    const of = (name: string, labels = ''): Promise<number | undefined> =>
      metric(master, `replog_secondary_${name}{node="secondary-1"${labels}}`);
    await eventually('it has everything', async () => (await of('lag_records')) === 0);
    expect(await of('lag_bytes')).toBe(0);
    expect(await of('lag_seconds')).toBe(0);
    expect(await of('state', ',state="HEALTHY"')).toBe(1);
    expect(await of('state', ',state="UNREACHABLE"')).toBe(0);
    expect(await metric(master, 'replog_exposure_messages')).toBe(0);
    expect(await metric(secondary, 'replog_secondary_lag_records{node="secondary-1"}')).toBeUndefined();
  });

  it('count requests by route and not by path', async () => {
    await master.client.get('/messages/1');
    await master.client.get('/messages/2');
    await master.client.get('/no/such/path');
    expect(await metric(master, 'replog_http_requests_total{method="GET",route="/messages/:seq",status="200"}')).toBe(
      2,
    );
    expect(await metric(master, 'replog_http_requests_total{method="GET",route="none",status="404"}')).toBe(1);
  });
});

describe('the log', () => {
  it('names the request that the caller named, as the answer does', async () => {
    const answer = await master.client.get('/messages/999', { 'x-request-id': 'mine-17' });
    expect(answer.headers.get('x-request-id')).toBe('mine-17');
    expect(answer.body).toMatchObject({ instance: 'mine-17' });
    const line = await eventually('the line is there', () => master.lines.find((one) => one.includes('mine-17')));
    expect(JSON.parse(line)).toMatchObject({ node: 'master', requestId: 'mine-17', method: 'GET', status: 404 });
  });

  it('takes no id that would not stand in a line, and gives one of its own', async () => {
    const answer = await master.client.get('/messages/1', { 'x-request-id': `two words${'!'.repeat(200)}` });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('holds no secret at its most talkative, whatever went wrong', async () => {
    const token = await secondary.token();
    await master.client.get('/messages', { 'x-token': 'a-wrong-key-17' });
    await master.client.get('/replication/status', { 'x-token': '', authorization: `Bearer ${token}x` });
    await master.client.request('DELETE', '/secondaries/nobody', { headers: { 'x-token': ADMIN_API_KEY } });
    const { logger } = master.opened.context;
    const headers = { 'x-token': API_KEY, authorization: `Bearer ${token}` };
    logger.error({ err: Object.assign(new Error('refused'), { config: { headers } }), headers, request: { headers } });
    const text = [...master.lines, ...secondary.lines].join('');
    for (const line of [...master.lines, ...secondary.lines]) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(text).toContain('"level":"debug"');
    expect(text).toContain('[redacted]');
    for (const secret of [API_KEY, ADMIN_API_KEY, CLUSTER_SECRET, 'a-wrong-key-17', token, await master.token()]) {
      expect(text.includes(secret)).toBe(false);
    }
  });
});
