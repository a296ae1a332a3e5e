import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { pino } from 'pino';
import { createNodeServer } from '../server/node-server.js';
import { Refusals } from '../server/refusals.js';
import { RequestsInFlight } from '../server/requests-in-flight.js';
import type { Answer } from '../fast-path/answer.js';
import type { FastPath, PreparedRequest, RequestHead } from '../fast-path/fast-path.js';
import { InflightBodies } from '../requests/inflight-bodies.js';
import { PlainConnections } from './plain-connections.js';

interface Asked {
  readonly url: string;
  readonly body: string;
  readonly key: string | null | undefined;
  readonly answer: (answer: Answer | null) => void;
}

/** Takes what is sent to `/fast…`, and answers when the test says so. */
class Routes implements Pick<FastPath, 'prepare'> {
  isOpen = true;
  isRefused = false;
  readonly bodies = new InflightBodies({ maxInflightBytes: 200 });
  readonly asked: Asked[] = [];
  prepared = 0;

  prepare({ url = '' }: RequestHead): PreparedRequest | null {
    this.prepared += 1;
    if (!url.startsWith('/fast')) return null;
    const isOpen = (): boolean => this.isOpen;
    return {
      route: '/fast/:id',
      maxBodyBytes: 20,
      isRefused: this.isRefused,
      bodies: this.bodies,
      get isOpen() {
        return isOpen();
      },
      answer: (body, { idempotencyKey: key }) =>
        new Promise((answer) => this.asked.push({ url, body: String(body), key, answer })),
    };
  }

  async answer(body = 'fast', more: Partial<Answer> = {}): Promise<void> {
    const headers = ['content-length', String(Buffer.byteLength(body))];
    this.asked.shift()?.answer({ status: 200, headers, body, mustClose: false, ...more });
    await Promise.resolve();
  }
}

/** A client that notes what it receives. */
class Client {
  heard = '';
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => (this.heard += chunk.toString()));
    this.socket.on('error', () => undefined);
  }

  send(text: string): Promise<void> {
    return new Promise((done) => this.socket.write(text, () => setImmediate(done)));
  }

  /** The bodies of the answers so far, once there are `count`. */
  async bodies(count: number): Promise<string[]> {
    for (;;) {
      const found = [...this.heard.matchAll(/\r\n\r\n(\w+?)(?=HTTP|$)/g)].map(([, body]) => body as string);
      if (found.length >= count) return found;
      await once(this.socket, 'data');
    }
  }
}

const post = (url: string, body: string, more = ''): string =>
  `POST ${url} HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('connections without node:http', () => {
  let server: Server;
  let routes: Routes;
  let clock: VirtualClock;
  let connections: PlainConnections;
  let inFlight: RequestsInFlight;
  let client: Client;
  let port: number;
  let sockets: Socket[];
  let counted: unknown[];

  beforeEach(async () => {
    routes = new Routes();
    inFlight = new RequestsInFlight();
    clock = new VirtualClock();
    sockets = [];
    counted = [];
    const metrics = { countRequest: (...request: unknown[]) => void counted.push(request) } as Partial<NodeMetrics>;
    const observers = { logger: pino({ level: 'silent' }), metrics: metrics as NodeMetrics };
    const refusals = new Refusals({ config: { nodeId: 'm1' }, random: new SeededRandom(1), ...observers });
    server = createNodeServer(testConfig({ KEEP_ALIVE_TIMEOUT: '20', REQUEST_TIMEOUT: '100' })).on(
      'request',
      (request, response) => {
        request.resume().on('end', () => response.end(`usual${(request.url ?? '').slice(1)}`));
      },
    );
    connections = new PlainConnections(server, clock, routes, inFlight, refusals, { isSurplus: () => false });
    server.on('connection', (socket: Socket) => sockets.push(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
    client = new Client(port);
  });

  afterEach(async () => {
    client.socket.destroy();
    connections.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const asked = async (count: number): Promise<Asked[]> => {
    while (routes.asked.length < count) await new Promise((resolve) => setImmediate(resolve));
    return routes.asked;
  };

  it('answer plain requests, and parse a repeated head only once', async () => {
    for (let time = 1; time <= 3; time++) {
      await client.send(post('/fast', `body ${time}`));
      expect((await asked(1)).map(({ body }) => body)).toEqual([`body ${time}`]);
      await routes.answer(`a${time}`);
      await client.bodies(time);
    }
    expect(await client.bodies(3)).toEqual(['a1', 'a2', 'a3']);
    expect(routes.prepared).toBe(1);
    await client.send(post('/fast/2', 'other'));
    await asked(1);
    await routes.answer('a4');
    expect(await client.bodies(4)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(routes.prepared).toBe(2);
  });

  it('recognise a head with another length and key', async () => {
    const sent = [
      ['a', 'first'],
      ['much more', 'second'],
      ['', 'third-key-of-all'],
    ].map(([body = '', key = '']) => [`body ${body}`, key] as const);
    for (const [body, key] of sent) {
      await client.send(post('/fast', body, `Idempotency-Key: ${key}\r\n`));
      expect((await asked(1)).map((request) => [request.body, request.key])).toEqual([[body, key]]);
      await routes.answer();
    }
    await client.bodies(3);
    expect(routes.prepared).toBe(1);
  });

  it('answer with the same bytes as node:http', async () => {
    await client.send(post('/fast', 'x'));
    await asked(1);
    await routes.answer('usual');
    await client.send(post('/', 'x'));
    await client.bodies(2);
    const [ours = '', theirs = ''] = client.heard.split(/(?<=usual)/);
    const comparable = (text: string): string[] =>
      text
        .toLowerCase()
        .replace(/date: [^\r]*/, 'date')
        .split('\r\n')
        .sort();
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(ours).toMatch(/\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n/);
  });

  it('answer with text beyond ASCII', async () => {
    await client.send(post('/fast', 'x'));
    await asked(1);
    await routes.answer('é€');
    await once(client.socket, 'data');
    expect(client.heard.endsWith('\r\n\r\né€')).toBe(true);
  });

  it('wait for a body that arrives in packets', async () => {
    const [head = '', body = ''] = post('/fast', 'abcdef').split(/(?<=\r\n\r\n)/);
    for (const piece of [head, body.slice(0, 2), body.slice(2, 4)]) await client.send(piece);
    expect(routes.asked).toEqual([]);
    await client.send(body.slice(4));
    expect((await asked(1))[0]?.body).toBe('abcdef');
    await routes.answer();
    expect(await client.bodies(1)).toEqual(['fast']);
  });

  it('count what they hold of a body until it is complete, or its client is gone', async () => {
    const text = post('/fast', 'abcdef');
    const held = text.length - 2;
    await client.send(text.slice(0, held));
    await eventually(() => routes.bodies.bytes === held);
    await client.send(text.slice(held));
    await asked(1);
    expect(routes.bodies.bytes).toBe(0);
    await routes.answer();
    await client.send(text.slice(0, held));
    await eventually(() => routes.bodies.bytes === held);
    client.socket.resetAndDestroy();
    await eventually(() => routes.bodies.bytes === 0);
  });

  it('refuse a body that is one too many, and keep nothing of it', async () => {
    const first = post('/fast', 'x', 'X-Request-Id: first\r\n');
    await client.send(first);
    await eventually(() => routes.asked.length === 1);
    await routes.answer();
    const text = post('/fast', 'abcdef', 'X-Request-Id: second\r\n');
    const others = 200 - text.length + 3;
    routes.bodies.hold(others, 0);
    await client.send(text.slice(0, -4));
    await client.send(text.slice(-4, -1));
    await once(client.socket, 'close');
    expect(client.heard).toMatch(/HTTP\/1\.1 503 .*x-request-id: second\r\n.*"code":"OVERLOADED"/s);
    expect(routes.bodies.bytes).toBe(others);
    expect(counted).toEqual([['POST', '/fast/:id', 503]]);
  });

  it('leave a body to node:http whose head is refused', async () => {
    routes.isRefused = true;
    await client.send(post('/fast', 'abcdef').slice(0, -2));
    await once(server, 'request');
    expect(routes.bodies.bytes).toBe(0);
  });

  it('do not wait for a body forever', async () => {
    const text = post('/fast', 'abcdef');
    await client.send(text.slice(0, -2));
    await eventually(() => routes.prepared === 1);
    clock.advance(100_001);
    await client.send(text.slice(-2));
    expect(await client.bodies(1)).toEqual(['usualfast']);
  });

  it('leave a body to node:http that stops on its way, for its limits of time', async () => {
    const text = post('/fast', 'abcdef');
    await client.send(text.slice(0, -2));
    await eventually(() => routes.prepared === 1);
    sockets[0]?.emit('timeout');
    await client.send(text.slice(-2));
    expect(await client.bodies(1)).toEqual(['usualfast']);
  });

  it('refuse a body that ends too soon', async () => {
    client.socket.end(post('/fast', 'abcdef').slice(0, -2));
    await once(client.socket, 'close');
    expect(client.heard).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"MALFORMED_REQUEST"/s);
    expect(routes.asked).toEqual([]);
  });

  it.each([
    ['another method', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n', ['usuala']],
    ['a head in two packets', post('/fast', 'x').slice(0, 20), post('/fast', 'x').slice(20), ['usualfast']],
    ['a request that is not for the fast path', post('/a', 'x'), ['usuala']],
    ['a body that is too long', post('/fast', 'x'.repeat(21)), ['usualfast']],
    ['a key that is too long', post('/fast', 'x', `Idempotency-Key: ${'k'.repeat(256)}\r\n`), ['usualfast']],
    ['several at once', post('/fast', 'x') + post('/b', 'y'), ['usualfast', 'usualb']],
  ])('leave %s to node:http, and everything after it', async (_, ...pieces) => {
    const expected = pieces.pop() as string[];
    let sent = 0;
    for (const piece of pieces as string[]) {
      await client.send(piece);
      sent += piece.length;
      await eventually(() => sockets[0]?.bytesRead === sent);
    }
    expect(await client.bodies(expected.length)).toEqual(expected);
    await client.send(post('/fast', 'x'));
    expect(await client.bodies(expected.length + 1)).toEqual([...expected, 'usualfast']);
    expect(routes.asked).toEqual([]);
  });

  it('leave everything to node:http while the fast path is closed', async () => {
    await client.send(post('/fast', 'x'));
    await asked(1);
    await routes.answer();
    await client.bodies(1);
    routes.isOpen = false;
    await client.send(post('/fast', 'x'));
    expect(await client.bodies(2)).toEqual(['fast', 'usualfast']);
  });

  it('keep the order if requests arrive before an answer, and report the end only after them', async () => {
    await client.send(post('/fast', 'x'));
    await asked(1);
    await client.send(post('/a', 'x'));
    client.socket.end(post('/b', 'x'));
    await eventually(() => sockets[0]?.isPaused() === true);
    await routes.answer();
    await once(client.socket, 'close');
    expect(await client.bodies(3)).toEqual(['fast', 'usuala', 'usualb']);
  });

  it('end if the client asks for it, and when the client has ended its side', async () => {
    const other = new Client(port);
    await client.send(post('/fast', 'x', 'Connection: close\r\n'));
    other.socket.end(post('/fast', 'x'));
    await asked(2);
    await eventually(() => sockets[1]?.readableEnded === true);
    await routes.answer();
    await routes.answer();
    await Promise.all([client, other].map(({ socket }) => once(socket, 'close')));
    for (const { heard } of [client, other]) expect(heard).toMatch(/\r\nConnection: close\r\n\r\nfast$/);
  });

  it('read nothing more from a client that does not read its answers', async () => {
    client.socket.pause();
    const large = 'x'.repeat(8 * 1024 * 1024);
    await client.send(post('/fast', 'x'));
    await asked(1);
    await routes.answer(large);
    await client.send(post('/fast', 'y'));
    expect(sockets[0]?.isPaused()).toBe(true);
    expect(routes.asked).toEqual([]);
    client.socket.resume();
    expect((await asked(1))[0]?.body).toBe('y');
    await routes.answer();
    expect(await client.bodies(2)).toEqual([large, 'fast']);
  });

  it('forget a client that disconnects, before or while it waits', async () => {
    const gone = new Client(port);
    await once(gone.socket, 'connect');
    gone.socket.end();
    await once(gone.socket, 'close');
    await client.send(post('/fast', 'x'));
    await asked(1);
    client.socket.resetAndDestroy();
    await eventually(() => sockets.every(({ destroyed }) => destroyed));
    await routes.answer();
  });

  it('end when they are idle for long, but not while a client waits', async () => {
    await client.send(post('/fast', 'x'));
    await asked(1);
    const [socket] = sockets as [Socket];
    expect(socket.timeout).toBe(20_000);
    socket.emit('timeout');
    await routes.answer();
    expect(await client.bodies(1)).toEqual(['fast']);
    socket.emit('timeout');
    await once(client.socket, 'close');
  });

  it('can be cut, each or all of them', async () => {
    const other = new Client(port);
    await client.send(post('/fast', 'x'));
    (await asked(1))[0]?.answer(null);
    await once(client.socket, 'close');
    await eventually(() => sockets.length === 2);
    connections.close();
    await once(other.socket, 'close');
  });

  async function eventually(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  }
});
