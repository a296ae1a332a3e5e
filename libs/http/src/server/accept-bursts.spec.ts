import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { acceptBursts } from './accept-bursts.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a burst of connections', () => {
  let server: Server;
  let clock: VirtualClock;
  let bursts: ReturnType<typeof acceptBursts>;
  let clients: Socket[];
  /** Accepted connections, and those whose request was answered. */
  let accepted: number;
  let answered: number;

  beforeEach(async () => {
    clock = new VirtualClock();
    clients = [];
    accepted = answered = 0;
    server = createServer((_request, response) => response.end(`${++answered}`));
    bursts = acceptBursts(server, clock);
    server.on('connection', () => (accepted += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('is read when no connection has arrived for a while', async () => {
    await arrive(20);
    await until(() => answered === 8);
    await clock.run(19);
    await rounds();
    expect(answered).toBe(8);
    await clock.run(1);
    await until(() => answered === 20);
  });

  it('waits only for a bounded time', async () => {
    await arrive(9);
    for (let more = 0; more < 10; more++) {
      await clock.run(19);
      await arrive(1);
    }
    await rounds();
    expect(answered).toBe(8);
    await clock.run(21);
    await until(() => answered >= 18);
  });

  it('does not exist if connections come one after the other', async () => {
    for (let number = 1; number <= 20; number++) {
      await clock.run(20);
      await arrive(1);
      await until(() => answered === number);
    }
  });

  it('leaves no connection behind when the server is closed', async () => {
    await arrive(20);
    const isClosed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    bursts.end();
    await clock.run(20);
    await isClosed;
    await until(() => clients.every((client) => client.closed));
  });

  /** Opens this many more connections, sends a request on each, and waits until they are accepted. */
  async function arrive(count: number): Promise<void> {
    const before = accepted;
    for (let number = 0; number < count; number++) {
      const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
      client.on('error', () => undefined).resume();
      client.write(REQUEST);
      clients.push(client);
    }
    await until(() => accepted === before + count);
  }
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextRound();
}

/** Time enough for something that must not happen. */
async function rounds(): Promise<void> {
  for (let round = 0; round < 50; round++) await nextRound();
}
