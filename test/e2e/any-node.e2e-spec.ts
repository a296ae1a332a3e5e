/** What only a master can answer, asked elsewhere: the node passes it on and the answer back. 503 where there is no master. */
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { Receipt } from '@replog/contracts/views.js';
import { ADMIN_API_KEY, API_KEY } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { freePort } from '../support/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** No ping that a busy machine answers late may depose anybody here. */
const UNHURRIED = { HEALTHCHECK_DELAY: '1', HEALTHCHECK_TIMEOUT: '1', HEALTHCHECK_FAILURES: '10' };
const CORS = { CORS_ORIGINS: 'https://app.example' };
const JSON_BODY = { 'content-type': 'application/json' };

describe('a secondary', () => {
  let master: NodeInProcess;
  let secondary: NodeInProcess;
  let proxy: TcpProxy;
  beforeAll(async () => {
    const port = await freePort();
    proxy = await TcpProxy.to(port);
    master = await NodeInProcess.master({
      MASTER_PORT: String(port),
      ADVERTISED_URL: proxy.url,
      ...UNHURRIED,
      ...CORS,
    });
    secondary = await NodeInProcess.secondaryOf(master, 'secondary-1', {
      MASTER_PORT: String(port),
      ...UNHURRIED,
      ...CORS,
    });
    await eventually('the secondary is a member', async () => {
      const [member] = await secondary.client.secondaries().catch(() => []);
      return member?.state === 'HEALTHY';
    });
    await master.client.append('first', 1, { key: 'a key' });
  });
  afterAll(async () => {
    await secondary.end();
    await master.end();
    await proxy.close();
  });

  it.each([
    ['POST /messages', 201],
    ['POST /messages/1?timeout=20000', 201],
    ['POST /messages/5?timeout=50', 202],
    ['POST /messages/%31', 201],
    ['GET /messages/1/receipt?wc=1&timeout=0', 200],
    ['GET /receipts/a%20key', 200],
    ['GET /receipts/none', 404],
    ['GET /write-concern/majority', 200],
    ['GET /secondaries', 200],
    ['DELETE /secondaries/nobody', 404],
    ['GET /messages?after=1&limit=1&concern=linearizable', 200],
  ])('answers %s with %i, as the master does', async (route, status) => {
    const [method = '', path = ''] = route.split(' ');
    const ask = ({ client }: NodeInProcess): ReturnType<typeof client.request<Problem>> =>
      client.request<Problem>(method, path, {
        headers: { 'x-token': ADMIN_API_KEY, 'x-request-id': 'r-1', ...(method === 'POST' ? JSON_BODY : {}) },
        ...(method === 'POST' ? { body: '{"message":1}' } : {}),
      });
    const [passed, direct] = [await ask(secondary), await ask(master)];
    expect([passed.status, direct.status]).toEqual([status, status]);
    const { url } = proxy;
    const names = ['x-replog-master', 'x-replog-node', 'x-request-id', 'content-type'];
    expect(names.map((name) => passed.headers.get(name))).toEqual([
      ...[url, 'secondary-1', 'r-1'],
      direct.headers.get('content-type'),
    ]);
    expect(direct.headers.get('x-replog-master')).toBeNull();
    const location = passed.headers.get('location');
    if (status === 202) expect((await secondary.client.get(`${location}&timeout=0`)).status).toBe(202);
    else expect(location).toBeNull();
  });

  it('passes on the path alone of a request line that holds a host', async () => {
    const { hostname, port } = new URL(secondary.client.url);
    const path = 'http://elsewhere/messages/1/receipt?wc=1';
    const request = get({ hostname, port, path, headers: { 'x-token': API_KEY } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
  });

  it('answers HEAD as GET, without the body', async () => {
    for (const path of [
      '/messages',
      '/messages/1',
      '/receipts/a%20key',
      '/secondaries',
      '/messages?concern=linearizable',
    ]) {
      const [head, whole] = [await secondary.client.request('HEAD', path), await secondary.client.get(path)];
      expect([head.status, head.body]).toEqual([200, '']);
      for (const name of ['content-type', 'content-length', 'x-replog-master'])
        expect([path, name, head.headers.get(name)]).toEqual([path, name, whole.headers.get(name)]);
    }
  });

  it('lets the pages it is told use it, and says so once, of reads and writes alike', async () => {
    const page = { origin: 'https://app.example', 'x-token': API_KEY };
    const sent = { method: 'POST', headers: { ...page, ...JSON_BODY }, body: '{"message":"of a page"}' };
    const answers = [
      await fetch(`${secondary.client.url}/messages/1`, sent),
      await fetch(`${master.client.url}/messages/1`, sent),
      await fetch(`${secondary.client.url}/messages?limit=1`, { headers: page }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 200]);
    const told = (name: string): unknown[] => answers.map(({ headers }) => headers.get(name));
    expect(told('access-control-allow-origin')).toEqual(Array(3).fill(page.origin));
    expect(told('vary')).toEqual(['Origin', 'Origin', 'Origin, Accept']);
  });

  it('takes a write with its key as Authorization: Bearer, and sends none on without a valid key', async () => {
    const send = async (key: string): Promise<number> => {
      const headers = { ...JSON_BODY, authorization: `Bearer ${key}` };
      const body = '{"message":"by bearer"}';
      return (await fetch(`${secondary.client.url}/messages/1`, { method: 'POST', headers, body })).status;
    };
    expect([await send(API_KEY), await send('wrong')]).toEqual([201, 401]);
  });

  it('streams a batch of many MiB to the master, whose length nobody said', async () => {
    const line = Buffer.from(`{"message":"${'x'.repeat(1000)}"}\n`);
    const lines = 3_000;
    let left = lines;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(line);
        left -= 1;
        if (left === 0) controller.close();
      },
    });
    const headers = { 'content-type': 'application/x-ndjson', 'x-token': API_KEY };
    const sent = { method: 'POST', headers, body, duplex: 'half' as const };
    const answer = await fetch(`${secondary.client.url}/messages/1`, sent);
    expect(await answer.json()).toMatchObject({ appended: lines, outcome: 'satisfied' });
  });

  it('passes the events of a write on as they come', async () => {
    const headers = { ...JSON_BODY, 'x-token': API_KEY, accept: 'text/event-stream' };
    const sent = { method: 'POST', headers, body: '{"message":"live"}' };
    const answer = await fetch(`${secondary.client.url}/messages/1`, sent);
    const events = (await answer.text()).match(/(?<=event: ).*/g);
    expect([answer.status, events]).toEqual([200, ['appended', 'ack', 'satisfied']]);
  });

  it('is asked one write after the other while its connections to the master break: each is in the log once', async () => {
    const told: Receipt[] = [];
    let isOver = false;
    const writer = async (name: string): Promise<void> => {
      for (let number = 1; !isOver; number++) {
        // Without a key: the node gives it one.
        const { status, body } = await secondary.client.append(`${name}, ${number}`, 0);
        expect(body).toMatchObject({ outcome: 'satisfied', key: expect.stringMatching(/^forwarded-/) as string });
        expect([200, 201]).toContain(status);
        told.push(body);
      }
    };
    const writers = Promise.all(Array.from({ length: 6 }, (_, number) => writer(`writer ${number}`)));
    for (let round = 1; round <= 3; round++) {
      const [before, lost] = [told.length, proxy.swallowedBytes];
      await eventually('the writers write', () => told.length > before + 20);
      proxy.swallowAnswers();
      await eventually('answers are lost', () => proxy.swallowedBytes > lost + 500);
      proxy.cut();
    }
    isOver = true;
    await writers;
    expect(told.some(({ duplicate }) => duplicate)).toBe(true);
    const messages = (await master.client.messages()).filter(({ message }) => String(message).startsWith('writer'));
    expect(messages.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).sort((a, b) => a - b));
    expect(new Set(messages.map(({ message }) => message)).size).toBe(told.length);
  });

  it('says where to look if the connection breaks amid a batch', async () => {
    const { length } = await secondary.client.messages();
    proxy.swallowAnswers();
    const lost = proxy.swallowedBytes;
    const waiting = secondary.client.appendBatch(['one', 'two'], 0);
    await eventually('the answer is lost', () => proxy.swallowedBytes > lost);
    proxy.cut();
    const { status, headers, body } = await waiting;
    expect([status, body.code, body.retriable]).toEqual([504, 'OUTCOME_UNKNOWN', false]);
    const location = headers.get('location') as string;
    expect(location).toMatch(/^\/messages\?after=\d+$/);
    expect(length).toBeGreaterThanOrEqual(Number(location.split('=')[1]));
    await eventually('the batch is there', async () => {
      const found = (await secondary.client.messages(location.slice('/messages'.length))).map(({ message }) => message);
      return found.includes('one') && found.includes('two');
    });
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
      const answer = await alone.client.request<Problem>(method, path, {
        ...(method === 'POST' ? { headers: JSON_BODY, body: '{"message":1}' } : {}),
      });
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

describe('a secondary of a master that has as many clients as it takes', () => {
  it('is not turned away as a client: its own clients write', async () => {
    const { master, secondary } = await NodeInProcess.pair({ MAX_CONNECTIONS: '16', ...UNHURRIED });
    const idle: Socket[] = [];
    try {
      const { hostname, port } = new URL(master.client.url);
      const asOneMore = { headers: { connection: 'close' } };
      await eventually('the master turns clients away', async () => {
        idle.push(connect({ port: Number(port), host: hostname }).on('error', () => undefined));
        return (await master.client.request('GET', '/cluster', asOneMore)).status === 503;
      });
      const writes = Array.from({ length: 4 }, (_, number) => secondary.client.append(number, 1));
      expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      expect((await secondary.client.appendBatch(['one', 'two'], 1)).status).toBe(201);
    } finally {
      for (const socket of idle) socket.destroy();
      await secondary.end();
      await master.end();
    }
  });
});
