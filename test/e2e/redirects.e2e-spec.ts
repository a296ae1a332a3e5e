/** What only a master can answer, asked elsewhere: 307 to it where it is known, 503 where not. */
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { Receipt } from '@replog/contracts/views.js';
import { ADMIN_API_KEY, API_KEY } from '../support/cluster.js';
import { NodeInProcess } from '../support/node-in-process.js';

const JSON_BODY = { 'content-type': 'application/json' };

describe('a secondary', () => {
  let master: NodeInProcess;
  let secondary: NodeInProcess;
  beforeAll(async () => {
    ({ master, secondary } = await NodeInProcess.pair());
  });
  afterAll(async () => {
    await secondary.end();
    await master.end();
  });

  it.each([
    'POST /messages',
    'POST /messages/1?timeout=50',
    'GET /messages/1/receipt?wc=1&timeout=0',
    'GET /receipts/a%20key',
    'GET /write-concern/majority',
    'GET /secondaries',
    'DELETE /secondaries/nobody',
    'GET /messages?after=1&concern=linearizable',
  ])('sends %s to the same path and query on the master', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await secondary.client.request<Problem>(method, path, {
      headers: { 'x-token': ADMIN_API_KEY, ...(method === 'POST' ? JSON_BODY : {}) },
      ...(method === 'POST' ? { body: '{"message":1}' } : {}),
    });
    expect(answer).toMatchObject({ status: 307, body: { code: 'NOT_MASTER', retriable: true } });
    expect(answer.headers.get('location')).toBe(`${master.client.url}${path}`);
    expect(answer.body).toMatchObject({ master: { nodeId: 'master', url: master.client.url } });
    expect(answer.body.detail).toContain(master.client.url);
    expect(answer.headers.get('x-replog-node')).toBe('secondary-1');
  });

  it('keeps a host out of it that came in the request line', async () => {
    const { hostname, port } = new URL(secondary.client.url);
    const request = get({
      hostname,
      port,
      path: 'http://elsewhere/messages/1/receipt?wc=1',
      headers: { 'x-token': API_KEY },
    });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.headers.location).toBe(`${master.client.url}/messages/1/receipt?wc=1`);
  });

  it('is followed there by a client, with method, body and key', async () => {
    const answer = await fetch(`${secondary.client.url}/messages/1`, {
      method: 'POST',
      headers: { ...JSON_BODY, 'x-token': API_KEY, 'idempotency-key': 'followed' },
      body: '{"message":"followed"}',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-replog-node')).toBe('master');
    expect((await answer.json()) as Receipt).toMatchObject({ key: 'followed', outcome: 'satisfied' });
    const batch = await fetch(`${secondary.client.url}/messages/0`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'x-token': API_KEY },
      body: '{"message":1}\n{"message":2}\n',
    });
    expect(await batch.json()).toMatchObject({ count: 2, seq: 2, lastSeq: 3 });
  });
});

describe('a secondary that knows no master', () => {
  let alone: NodeInProcess;
  beforeAll(async () => {
    // Port 1 of loopback: nobody listens there.
    alone = await NodeInProcess.start('alone', { SERVER_TYPE: 'secondary', MASTER_PORT: '1' });
  });
  afterAll(() => alone.end());

  it.each(['POST /messages', 'GET /secondaries', 'GET /messages?concern=linearizable'])(
    'answers %s with 503 and when to try again',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const answer = await alone.client.request<Problem>(method, path);
      expect(answer).toMatchObject({ status: 503, body: { code: 'NO_MASTER', retriable: true } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('location')).toBeNull();
    },
  );

  it('lives, and serves what it has', async () => {
    expect((await alone.client.get('/healthcheck')).status).toBe(200);
    expect(await alone.client.messages()).toEqual([]);
  });
});
