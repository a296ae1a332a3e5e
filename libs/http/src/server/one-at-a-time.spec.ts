import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { PlainConnections } from '../plain/plain-connections.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { pino } from 'pino';
import { createNodeServer } from './node-server.js';
import { OneAtATime } from './one-at-a-time.js';
import { Refusals } from './refusals.js';
import { RequestsInFlight } from './requests-in-flight.js';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('the requests of one connection', () => {
  let server: Server;
  let clock: VirtualClock;
  let inFlight: RequestsInFlight;
  let begun: { request: IncomingMessage; response: ServerResponse }[];
  let read: number;
  let client: Socket;
  let heard: string;

  beforeEach(async () => {
    clock = new VirtualClock();
    inFlight = new RequestsInFlight();
    begun = [];
    read = 0;
    heard = '';
    const requests = new OneAtATime();
    server = createNodeServer(testConfig());
    server.on('request', (incoming, outgoing) => {
      read += 1;
      inFlight.add(outgoing);
      requests.take(incoming, outgoing, (request, response) => begun.push({ request, response }));
    });
    const observers = { logger: pino({ level: 'silent' }), metrics: createMetrics() };
    const refusals = new Refusals({ config: { nodeId: 'm1' }, random: new SeededRandom(1), ...observers });
    new PlainConnections(server, clock, { prepare: () => null }, inFlight, refusals, { isSurplus: () => false });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('data', (chunk) => (heard += chunk.toString()));
    client.on('error', () => undefined);
  });

  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  const isPaused = (): boolean => begun[0]?.request.socket.isPaused() === true;

  it('begin one after the other, in order', async () => {
    client.write(['/1', '/2', '/3'].map(get).join(''));
    await until(() => read === 3);
    for (let count = 1; count <= 3; count++) {
      await until(() => begun.length === count);
      begun.at(-1)?.response.end(`answer-${count}`);
    }
    await until(() => heard.includes('answer-3'));
    expect(begun.map(({ request }) => request.url)).toEqual(['/1', '/2', '/3']);
    expect(heard.match(/answer-\d/g)).toEqual(['answer-1', 'answer-2', 'answer-3']);
    await until(() => inFlight.count === 0);
  });

  it('are let go of when the client is gone, begun or not', async () => {
    client.write(['/1', '/2', '/3'].map(get).join(''));
    await until(() => read === 3);
    client.resetAndDestroy();
    await until(() => inFlight.count === 0);
    expect(begun).toHaveLength(1);
  });

  it('are not read far ahead, and later all answered', async () => {
    const count = 4_000;
    client.write(get('/x').repeat(count));
    await until(() => isPaused());
    for (let next = 0; next < count; next++) {
      await until(() => begun.length > next);
      expect(read - next).toBeLessThan(count * 0.7);
      begun[next]?.response.end('a');
    }
    expect(read).toBe(count);
  });

  it('cut the connection of a client that is far ahead and hears nothing', async () => {
    client.write(get('/x').repeat(4_000));
    await until(() => isPaused());
    clock.advance(5_001);
    await until(() => inFlight.count === 0);
    expect(begun).toHaveLength(1);
  });

  it('are answered behind node:http when the client has closed its side', async () => {
    client.end(get('/1') + get('/2'));
    await until(() => read === 2);
    begun[0]?.response.end('answer-1');
    await until(() => begun.length === 2);
    begun[1]?.response.end('answer-2');
    await once(client, 'end');
    expect(heard.match(/answer-\d/g)).toEqual(['answer-1', 'answer-2']);
  });
});
