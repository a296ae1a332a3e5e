/** What a node does with more connections than MAX_CONNECTIONS. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';
import { HealthcheckModule } from '../api/health/healthcheck.module.js';
import { moduleOf } from '../testing/module-of.js';
import { Door } from './door.js';
import { createNodeApp } from './node-app.js';
import type { NodeApp } from './node-app.js';

/** At most 64 and a quarter of the limit: 2. */
const MAX = 8;
const SURPLUS = 2;

describe('more connections than a node has', () => {
  let context: NodeContext;
  let door: Door;
  let node: NodeApp;
  let port: number;
  let sockets: Client[];
  const warned: string[] = [];

  beforeEach(async () => {
    warned.length = 0;
    const logger = pino(
      { level: 'warn' },
      { write: (line) => void warned.push((JSON.parse(line) as { msg: string }).msg) },
    );
    context = testContext({ config: testConfig({ MAX_CONNECTIONS: String(MAX) }), logger });
    door = new Door(context);
    port = await door.listen(0, '127.0.0.1');
    node = await createNodeApp(moduleOf(context, { imports: [HealthcheckModule] }), context);
    node.upgrades.register('/replication', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: test\r\nconnection: upgrade\r\n\r\n');
    });
    door.serve(node);
    sockets = [];
    while (sockets.length < MAX) sockets.push(new Client(port));
    // Each has been accepted once it is answered.
    for (const client of sockets) await client.ask('GET /healthcheck');
  });

  afterEach(async () => {
    for (const { socket } of sockets) socket.destroy();
    await node.app.close();
    await door.close();
  });

  function another(): Client {
    const client = new Client(port);
    sockets.push(client);
    return client;
  }

  it.each(['GET /nowhere', 'POST /messages/1', 'GET /replication'])(
    'turns a client away with an answer: %s',
    async (line) => {
      const client = another();
      const answer = await client.ask(line, `x-token: ${CLIENT_KEY}\r\nContent-Length: 0\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 503 /);
      expect(answer).toMatch(/retry-after: 1\r\n/i);
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
        code: 'TOO_MANY_CONNECTIONS',
        retriable: true,
        status: 503,
      });
      await client.closed;
      expect(warned).toEqual([expect.stringContaining('all 8 connections are in use')]);
    },
  );

  it('turns an upgrade away as well, but not that of another node', async () => {
    const upgrade = 'Connection: upgrade\r\nUpgrade: test\r\n';
    expect(await another().ask('GET /replication', upgrade)).toMatch(/^HTTP\/1\.1 503 .*TOO_MANY_CONNECTIONS/s);
    const token = await context.tokens.issue();
    expect(await another().ask('GET /replication', `${upgrade}authorization: Bearer ${token}\r\n`)).toMatch(
      /^HTTP\/1\.1 101 /,
    );
  });

  it('serves the other nodes, request after request', async () => {
    const peer = another();
    const authorization = `authorization: Bearer ${await context.tokens.issue()}\r\n`;
    for (let time = 0; time < 2; time++) {
      expect(await peer.ask('GET /nowhere', authorization)).toMatch(/^HTTP\/1\.1 404 .*ROUTE_NOT_FOUND/s);
    }
  });

  it('serves what other nodes pass on for their clients, up to half as many again', async () => {
    const passedOn = (token: string): string => `x-token: ${CLIENT_KEY}\r\nx-replog-forward-token: ${token}\r\n`;
    const token = await context.tokens.issue();
    for (let count = 0; count < MAX / 2; count++) {
      expect(await another().ask('GET /nowhere', passedOn(token))).toMatch(/^HTTP\/1\.1 404 .*ROUTE_NOT_FOUND/s);
    }
    expect(await another().ask('GET /nowhere', passedOn(token))).toMatch(/^HTTP\/1\.1 503 .*TOO_MANY_CONNECTIONS/s);
    const client = sockets[0] as Client;
    client.socket.destroy();
    await client.closed;
    expect(await another().ask('GET /nowhere', passedOn('forged'))).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('answers a health check, and closes its connection', async () => {
    const probe = another();
    expect(await probe.ask('GET /healthcheck')).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
    await probe.closed;
  });

  it('closes the oldest silent one for a new one, so that silence shuts nobody out', async () => {
    const silent = Array.from({ length: SURPLUS }, () => another());
    for (const client of silent) await client.connected;
    const [oldest] = silent as [Client];
    const peer = another();
    const authorization = `authorization: Bearer ${await context.tokens.issue()}\r\n`;
    expect(await peer.ask('GET /nowhere', authorization)).toMatch(/^HTTP\/1\.1 404 /);
    await oldest.closed;
    expect(silent.map(({ socket }) => socket.closed)).toEqual([true, false]);
  });

  it('serves a client that waited for its turn, once others have left', async () => {
    const client = another();
    await client.connected;
    const [first, second] = sockets as [Client, Client];
    first.socket.destroy();
    second.socket.destroy();
    let answer = '';
    while (!answer.includes('404')) answer = await (client.socket.closed ? another() : client).ask('GET /nowhere');
  });
});

class Client {
  readonly socket: Socket;
  readonly connected: Promise<unknown>;
  readonly closed: Promise<unknown>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').on('error', () => undefined);
    this.connected = once(this.socket, 'connect');
    this.closed = once(this.socket, 'close');
  }

  /** The whole answer, in one piece as far as these are. */
  async ask(line: string, headers = ''): Promise<string> {
    this.socket.write(`${line} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    const [chunk] = (await Promise.race([once(this.socket, 'data'), this.closed])) as [Buffer | boolean];
    return String(chunk);
  }
}
