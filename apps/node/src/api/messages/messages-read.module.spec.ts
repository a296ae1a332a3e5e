import { Caller } from '@replog/http/server/caller.js';
import { get } from 'node:http';
import type { ClientRequest, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MEDIA } from '@replog/contracts/http.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNodeServer } from '@replog/http/server/node-server.js';
import { createNodeApp } from '../../host/node-app.js';
import type { NodeApp } from '../../host/node-app.js';
import { moduleOf } from '../../testing/module-of.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { SystemClock } from '@replog/runtime/clock/system-clock.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { SERVICE_TOKEN_LEEWAY_S, TAIL_TOKEN_TTL_S } from '@replog/contracts/limits.js';
import { EventSource } from 'undici';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';
import { DamageList, FakeNode, messageDraft, WatchedLogStore } from '@replog/cluster/testing/reading-fixture.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { MessagesReadModule } from './messages-read.module.js';

let store: WatchedLogStore;
let node: FakeNode;
let damage: DamageList;
let app: NodeApp;
let server: Server;
let port: number;
let clock: JumpingClock;
const lines: string[] = [];

class JumpingClock extends SystemClock {
  aheadMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.aheadMs;
  }

  override wallMs(): number {
    return super.wallMs() + this.aheadMs;
  }
}

beforeEach(async () => {
  store = new WatchedLogStore();
  node = new FakeNode();
  damage = new DamageList();
  lines.length = 0;
  const logger = createLogger(testConfig({ LOG_LEVEL: 'debug' }), { write: (line) => void lines.push(line) });
  clock = new JumpingClock();
  const context = { ...testContext({ view: node, logger, clock }), log: store };
  const reporter = { provide: DAMAGE_REPORTER, useValue: damage };
  const reading = { imports: [MessagesReadModule], providers: [reporter], exports: [reporter] };
  app = await createNodeApp(moduleOf(context, reading), context);
  server = createNodeServer(testConfig()).on('request', (request, response) => app.handle(request, response));
  server.on('connection', (socket) => Caller.on(socket, new VirtualClock()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  await app.app.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-token': CLIENT_KEY, ...headers } });
}

/** Opens a response without reading its body. */
async function open(path: string, headers: Record<string, string> = {}): Promise<[ClientRequest, IncomingMessage]> {
  const request = get({ host: '127.0.0.1', port, path, headers: { 'x-token': CLIENT_KEY, ...headers } });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  return [request, response];
}

/** The events of a live tail, parsed like in a browser. */
function eventsOf(response: IncomingMessage): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  response.on('data', (chunk: Buffer) => parser.feed(chunk.toString()));
  return events;
}

describe('GET /messages', () => {
  it('answers in JSON or NDJSON', async () => {
    await store.write(1, 3);
    const list = await ask('/messages?after=1');
    expect(list.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await list.json()).toMatchObject({ data: [{ seq: 2, message: 2 }, { seq: 3 }] });
    const lines = await ask('/messages?limit=2', { accept: MEDIA.ndjson });
    expect(lines.headers.get('content-type')).toContain(MEDIA.ndjson);
    expect((await lines.text()).split('\n').map((line) => line.slice(0, 9))).toEqual(['{"seq":1,', '{"seq":2,', '']);
  });

  it('refuses a bad parameter, an unknown format and a caller without a key', async () => {
    const codeOf = async (path: string, headers?: Record<string, string>): Promise<unknown> => {
      const answer = await ask(path, headers);
      expect(answer.headers.get('content-type')).toContain(MEDIA.problem);
      const { status, code, field } = (await answer.json()) as Record<string, unknown>;
      return [status, code, field];
    };
    expect(await codeOf('/messages?after=x')).toEqual([400, 'INVALID_PARAMETER', 'after']);
    expect(await codeOf('/messages?limit=1&limit=2')).toEqual([400, 'INVALID_PARAMETER', 'limit']);
    expect(await codeOf('/messages', { 'last-event-id': '-1' })).toEqual([400, 'INVALID_PARAMETER', 'Last-Event-ID']);
    expect(await codeOf('/messages', { accept: 'text/html' })).toEqual([406, 'NOT_ACCEPTABLE', undefined]);
    expect(await codeOf('/messages/0')).toEqual([400, 'INVALID_PARAMETER', 'seq']);
    expect(await codeOf('/messages/7')).toEqual([404, 'NOT_FOUND', undefined]);
    expect(await codeOf('/messages', { 'x-token': 'wrong' })).toEqual([401, 'UNAUTHENTICATED', undefined]);
  });

  it('reports a damaged record, before or after the first byte, and never sends a list that looks complete', async () => {
    await store.write(1, 50_000);
    store.damage = new CorruptRecordError('00000001', 1, 0, 'crc');
    const refused = await ask('/messages');
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({ code: 'CORRUPT_RECORD', segment: '00000001', index: 1 });

    store.damage = new CorruptRecordError('00000001', 40_000, 0, 'crc');
    for (const accept of [MEDIA.json, MEDIA.ndjson, MEDIA.eventStream]) {
      const answer = await ask('/messages', { accept });
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
    }
    expect(damage.reported).toHaveLength(4);
  });

  it('stops reading the log while the client does not read, and sends everything in the end', async () => {
    const payload = JSON.stringify('x'.repeat(100_000));
    store.put(...Array.from({ length: 500 }, () => messageDraft(payload)));
    await store.whenDurable(500);
    const [, response] = await open('/messages', { accept: MEDIA.ndjson });
    let readsBefore = -1;
    await vi.waitFor(
      () => {
        const isStalled = store.reads === readsBefore;
        readsBefore = store.reads;
        expect(isStalled).toBe(true);
      },
      { interval: 100 },
    );
    expect(store.reads).toBeLessThan(100);
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(500 * payload.length);
    expect(store.reads).toBeGreaterThan(200);
  });

  it('stops reading when the client disconnects', async () => {
    const payload = JSON.stringify('x'.repeat(100_000));
    store.put(...Array.from({ length: 500 }, () => messageDraft(payload)));
    await store.whenDurable(500);
    const [request] = await open('/messages');
    request.destroy();
    await vi.waitFor(async () => expect(await openRequests()).toBe(0));
    expect(store.reads).toBeLessThan(100);
  });

  it('answers HEAD without a body', async () => {
    await store.write(1, 3);
    const headers = { 'x-token': CLIENT_KEY, accept: MEDIA.eventStream };
    const answer = await fetch(`http://127.0.0.1:${port}/messages`, { method: 'HEAD', headers });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await vi.waitFor(() => expect(node.listeners.size).toBe(0));
  });
});

describe('GET /messages/{seq}', () => {
  it('answers with the message itself', async () => {
    store.put(messageDraft('{"amount": 1.50}', 'order-1'));
    await store.whenDurable(1);
    const answer = await ask('/messages/1');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.text()).toBe(
      '{"seq":1,"epoch":1,"timestamp":"2026-01-02T03:04:05.678Z","key":"order-1","message":{"amount": 1.50}}',
    );
  });
});

describe('a live tail', () => {
  const accept = { accept: MEDIA.eventStream };

  it('opens on an empty log, sends new messages, and resumes without gaps or repeats', async () => {
    const [request, response] = await open('/messages', accept);
    expect(response.headers['content-type']).toContain(MEDIA.eventStream);
    expect(response.headers['cache-control']).toBe('no-store');
    const events = eventsOf(response);
    await store.write(1, 3);
    await vi.waitFor(() => expect(events.map(({ id }) => id)).toEqual(['1@1', '2@1', '3@1']));
    expect(events[0]?.event).toBe('message');
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ seq: 1, message: 1 });
    request.destroy();
    await store.write(4, 5);

    const [again, resumed] = await open('/messages?after=1', { ...accept, 'last-event-id': '3' });
    const later = eventsOf(resumed);
    await store.write(6, 6);
    await vi.waitFor(() => expect(later.map(({ id }) => id)).toEqual(['4@1', '5@1', '6@1']));
    again.destroy();
    await vi.waitFor(() => expect(node.listeners.size).toBe(0));
  });

  it('ends cleanly at shutdown', async () => {
    await store.write(1, 2);
    const [, response] = await open('/messages', accept);
    const events = eventsOf(response);
    const ended = new Promise((resolve, reject) => response.once('end', resolve).once('error', reject));
    await vi.waitFor(() => expect(events).toHaveLength(2));
    await app.app.close();
    await ended;
    expect(response.complete).toBe(true);
    expect(node.listeners.size).toBe(0);
  });
});

describe('a tail token', () => {
  const accept = { accept: MEDIA.eventStream };
  const withoutKey = (path: string, headers = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });

  async function issue(): Promise<{ token: string; expiresAt: string }> {
    const headers = { 'x-token': CLIENT_KEY };
    const answer = await fetch(`http://127.0.0.1:${port}/tail-tokens`, { method: 'POST', headers });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await answer.json()) as { token: string; expiresAt: string };
  }

  it('is given for a key, with the time at which it expires', async () => {
    const { expiresAt } = await issue();
    expect(Math.abs(Date.parse(expiresAt) - clock.wallMs() - TAIL_TOKEN_TTL_S * 1000)).toBeLessThan(60_000);
    const refused = await fetch(`http://127.0.0.1:${port}/tail-tokens`, { method: 'POST' });
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });

  it('opens a live tail for an EventSource, which comes back with it by itself until it has expired', async () => {
    const { token } = await issue();
    const source = new EventSource(`http://127.0.0.1:${port}/messages?token=${token}`, {
      node: { reconnectionTime: 100 },
    });
    try {
      const ids: string[] = [];
      source.addEventListener(
        'message',
        (event) => void ids.push((event as unknown as { lastEventId: string }).lastEventId),
      );
      await store.write(1, 2);
      await vi.waitFor(() => expect(ids).toEqual(['1@1', '2@1']));
      server.closeAllConnections();
      await store.write(3, 3);
      await vi.waitFor(() => expect(ids).toEqual(['1@1', '2@1', '3@1']), { timeout: 10_000 });

      clock.aheadMs = (TAIL_TOKEN_TTL_S + SERVICE_TOKEN_LEEWAY_S + 1) * 1000;
      await store.write(4, 4);
      await vi.waitFor(() => expect(ids).toEqual(['1@1', '2@1', '3@1', '4@1']));
      server.closeAllConnections();
      await vi.waitFor(() => expect(source.readyState).toBe(EventSource.CLOSED), { timeout: 10_000 });
      expect(lines.join('')).not.toContain(token);
    } finally {
      source.close();
    }
  });

  it('opens nothing else, and is logged nowhere', async () => {
    const { token } = await issue();
    const codeOf = async (answer: Promise<Response>): Promise<unknown> => {
      const { status, code } = (await (await answer).json()) as Record<string, unknown>;
      return [status, code];
    };
    expect(await codeOf(withoutKey(`/messages?token=${token}`))).toEqual([403, 'FORBIDDEN']);
    expect(await codeOf(withoutKey(`/messages/1?token=${token}`, accept))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await codeOf(withoutKey(`/nowhere?token=${token}`))).toEqual([404, 'ROUTE_NOT_FOUND']);
    expect(await codeOf(withoutKey('/messages', { ...accept, 'x-token': token }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await codeOf(ask(`/messages/1?token=${token}`))).toEqual([400, 'INVALID_PARAMETER']);
    expect(lines.join('')).toContain('/messages');
    expect(lines.join('')).not.toContain(token);
  });

  it('that has expired or is none is refused with what to do', async () => {
    const { token } = await issue();
    clock.aheadMs = (TAIL_TOKEN_TTL_S + SERVICE_TOKEN_LEEWAY_S + 1) * 1000;
    for (const query of [`token=${token}`, 'token=', 'token=x', `token=${token}&token=${token}`]) {
      const answer = await ask(`/messages?${query}`, accept);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('POST /tail-tokens') as string });
    }
  });
});

describe('the documentation', () => {
  it('shows the routes with their formats, schemas and errors', async () => {
    const document = (await (await ask('/docs-json')).json()) as {
      paths: Record<string, { get: { responses: Record<string, { content: Record<string, unknown> }> } }>;
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    };
    const responses = document.paths['/messages']?.get.responses ?? {};
    expect(Object.keys(responses['200']?.content ?? {})).toEqual([MEDIA.json, MEDIA.ndjson, MEDIA.eventStream]);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '406', '500', '503']));
    expect(document.components.schemas['Message']?.properties['seq']).toMatchObject({ type: 'integer' });
    expect(document.components.schemas['Message']?.properties['message']).not.toHaveProperty('type');
  });
});

function openRequests(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
